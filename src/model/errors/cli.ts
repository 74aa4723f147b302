import { entries } from './entry.js'

/** MR6xx: the command line and files named on it. */
export const cliErrors = entries({})
