import { entries } from './entry.js'

/** MR5xx: the HTTP API, views and the page. */
export const httpErrors = entries({})
