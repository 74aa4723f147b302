import { describe, test } from 'vitest'
import { consoleSink } from '../../connectors/console/index.js'
import { ConsoleSinkWriter } from '../../connectors/console/sink-writer.js'
import { sinkConformance } from '../../src/testing/connector-sink.js'
import type { SinkHarness } from '../../src/testing/connector-sink-harness.js'
import { SlowOutput } from './slow-output.js'

const harness: SinkHarness = {
  name: 'consoleSink, JSON lines',
  async place() {
    const output = new SlowOutput()
    return {
      sink: () => ({ ...consoleSink('under-test'), open: async context => new ConsoleSinkWriter(context, output, {}) }),
      received: async () =>
        output.text
          .split('\n')
          .slice(0, -1)
          .map(line => JSON.parse(line) as Record<string, unknown>),
      close: async () => {},
    }
  },
}

describe('console connector', () => {
  for (const { name, run } of sinkConformance(harness)) test(name, run)
})
