import { randomBytes } from 'node:crypto'
import type { ConnectorContext } from '../../src/connector/source.js'

/** A log line that a test can look for. */
export interface Line {
  readonly level: 'info' | 'warn' | 'error'
  readonly message: string
}

/** A context on the real clock, keeping what was logged. */
export function connectorContext(overrides: Partial<ConnectorContext> = {}): ConnectorContext & { readonly lines: readonly Line[] } {
  const lines: Line[] = []
  const write = (level: Line['level']) => (message: string) => void lines.push({ level, message })
  return {
    job: 'test',
    id: 'readings',
    time: {
      wall: () => Date.now(),
      monotonic: () => performance.now(),
      after: (ms, callback) => {
        const timer = setTimeout(callback, ms)
        return () => clearTimeout(timer)
      },
    },
    random: { next: () => randomBytes(1)[0]! / 256, hex: length => randomBytes(length).toString('hex').slice(0, length) },
    log: { info: write('info'), warn: write('warn'), error: write('error') },
    env: {},
    embeddedNode: undefined,
    bufferBytes: 4 * 1024 * 1024,
    ...overrides,
    lines,
  }
}

/** Waits until `condition` holds, at most `deadlineMs`. */
export async function until(what: string, condition: () => boolean, deadlineMs = 10_000): Promise<void> {
  const end = performance.now() + deadlineMs
  while (!condition()) {
    if (performance.now() > end) throw new Error(`not within ${deadlineMs} ms: ${what}`)
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}
