import { entries } from './entry.js'

/** MR4xx: the pump, sinks, snapshots, supervision. */
export const runtimeErrors = entries({})
