import type { ConnectorContext } from '../connector/source.js'
import { systemRandom } from '../runtime/seams/system-random.js'
import { systemTime } from '../runtime/seams/system-time.js'
import { breach } from './connector-case.js'

/** What a connector is lent in a conformance case: real time whose timers are counted, and a log that is kept. */
export interface Surroundings {
  readonly context: ConnectorContext
  /** Timers that wait to fire. */
  readonly timers: () => number
  /** Everything that was logged, as text. */
  readonly logged: () => string
  /** Asks every 5 ms until the answer is true; a breach after `withinMs`. */
  until(what: string, ask: () => boolean, withinMs?: number): Promise<void>
  /** The result, or a breach when it takes longer. */
  within<T>(what: string, work: Promise<T>, withinMs?: number): Promise<T>
  pause(ms: number): Promise<void>
}

const mostLogged = 10_000

/** @param overrides parts of the context that a harness needs otherwise, such as the environment. */
export function surroundings(overrides: Partial<ConnectorContext> = {}): Surroundings {
  let waiting = 0
  const lines: string[] = []
  const note = (message: string, fields: Readonly<Record<string, unknown>> = {}) => {
    if (lines.length < mostLogged) lines.push(`${message} ${JSON.stringify(fields)}`)
  }
  const context: ConnectorContext = {
    job: 'conformance',
    id: 'under-test',
    random: systemRandom,
    env: {},
    embeddedNode: undefined,
    bufferBytes: 1024 * 1024,
    ...overrides,
    log: { info: note, warn: note, error: note },
    time: {
      ...systemTime,
      after(ms, callback) {
        waiting++
        let over = false
        const end = () => {
          if (!over) waiting--
          over = true
        }
        const cancel = systemTime.after(ms, () => {
          end()
          callback()
        })
        return () => {
          end()
          cancel()
        }
      },
    },
  }
  const pause = (ms: number) => new Promise<void>(resolve => void systemTime.after(ms, resolve))
  const within = async <T>(what: string, work: Promise<T>, withinMs = 20_000): Promise<T> => {
    let cancel = (): void => {}
    const late = new Promise<never>((_, reject) => {
      cancel = systemTime.after(withinMs, () => reject(new Error(`${what}: not within ${withinMs} ms`)))
    })
    try {
      return await Promise.race([work, late])
    } finally {
      cancel()
    }
  }
  return {
    context,
    timers: () => waiting,
    logged: () => lines.join('\n'),
    pause,
    within,
    async until(what, ask, withinMs = 20_000) {
      const end = systemTime.monotonic() + withinMs
      while (!ask()) {
        if (systemTime.monotonic() > end) breach(`${what}: not within ${withinMs} ms`, lines.slice(-5))
        await pause(5)
      }
    },
  }
}
