import type { Log, TimeSource } from '../../src/model/seams.js'

/** The machine's clock, for tests that hold real sockets. */
export const realTime: TimeSource = {
  wall: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms)
    timer.unref()
    return () => clearTimeout(timer)
  },
}

export const silentLog: Log = { info() {}, warn() {}, error() {} }
