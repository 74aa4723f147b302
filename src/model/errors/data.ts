import { entries } from './entry.js'

/** MR2xx: input data: decoding, types, time stamps. */
export const dataErrors = entries({})
