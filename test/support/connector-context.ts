import type { ConnectorContext } from '../../src/connector/source.js'
import { systemRandom } from '../../src/runtime/seams/system-random.js'
import { systemTime } from '../../src/runtime/seams/system-time.js'
import { type Line, recordingLog } from './recording-log.js'

/** A context on the real clock, keeping what was logged. */
export function connectorContext(overrides: Partial<ConnectorContext> = {}): ConnectorContext & { readonly lines: readonly Line[] } {
  const log = recordingLog()
  return {
    job: 'test',
    id: 'readings',
    time: systemTime,
    random: systemRandom,
    log,
    env: {},
    embeddedNode: undefined,
    bufferBytes: 4 * 1024 * 1024,
    ...overrides,
    lines: log.lines,
  }
}
