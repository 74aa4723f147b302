import type { TimeSource } from '../../src/model/seams.js'
import type { Dialed } from './dialed.js'

const patienceMs = 2_000

/** Ends a connection in order, its links first; resolves when the peer has answered, or has not within two seconds. */
export function goodbye(dialed: Dialed, time: TimeSource, endLinks: () => void): Promise<void> {
  return new Promise(resolve => {
    const cancel = time.after(patienceMs, resolve)
    dialed.onLost(() => {
      cancel()
      resolve()
    })
    endLinks()
    dialed.connection.close()
  })
}
