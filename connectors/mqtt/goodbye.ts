import type { TimeSource } from '../../src/model/seams.js'
import type { Dialed } from './dial.js'

/**
 * A broker that does not close the connection after our DISCONNECT is not waited for. One that stands still for a second or two is:
 * what it has not looked at when we close, such as acknowledgements, it may forget.
 */
const patienceMs = 5_000

/** Ends a connection in order: what was written goes out, then DISCONNECT, and the broker closes it. */
export async function goodbye({ client, gate, destroy }: Dialed, time: TimeSource): Promise<void> {
  gate.ignore()
  await new Promise<void>(resolve => {
    const cancel = time.after(patienceMs, resolve)
    gate.once('close', () => {
      cancel()
      resolve()
    })
    if (gate.destroyed) {
      cancel()
      resolve()
    } else client.end(false)
  })
  destroy()
}
