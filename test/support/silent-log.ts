import type { Log } from '../../src/model/seams.js'

/** A log that nobody reads. */
export const silentLog: Log = { info: () => {}, warn: () => {}, error: () => {} }
