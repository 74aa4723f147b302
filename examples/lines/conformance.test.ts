import { integer, json, schema } from 'millrace'
import { type SinkHarness, type SourceHarness, sinkConformance, sourceConformance } from 'millrace/testing'
import { test } from 'vitest'
import { lineSink, lines } from './index.js'
import { LineServer } from './line-server-fixture.js'

const Row = schema({ n: integer() })

const source: SourceHarness = {
  name: 'lines',
  // More may always come.
  endless: true,
  // What was read and not settled is gone at the peer.
  redelivers: false,
  async place() {
    const server = await LineServer.start()
    return {
      source: () => lines({ port: server.port, decode: json(Row) }),
      send: async texts => server.say(texts),
      cut: () => server.cut(),
      peer: { stop: () => server.away(), start: () => server.back() },
      close: () => server.close(),
    }
  },
}

const sink: SinkHarness = {
  name: 'lineSink',
  tooLarge: 300_000,
  async place() {
    const server = await LineServer.start()
    return {
      sink: () => lineSink('out', { port: server.port }),
      received: async () => server.rows,
      cut: () => server.cut(),
      peer: { stop: () => server.away(), start: () => server.back() },
      close: () => server.close(),
    }
  },
}

for (const { name, run } of sourceConformance(source)) test(name, run)
for (const { name, run } of sinkConformance(sink)) test(name, run)
