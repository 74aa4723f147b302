import type { ErrorCode } from '../model/errors/catalogue.js'

/** What job code must not touch: a path from a global name, or of a module's export, with its error. */
export interface ForbiddenGlobal {
  readonly code: ErrorCode
  readonly hint?: string
}

const clock: ForbiddenGlobal = { code: 'MR130' }
const random: ForbiddenGlobal = { code: 'MR131' }
const timer: ForbiddenGlobal = { code: 'MR132' }
const network: ForbiddenGlobal = { code: 'MR133' }

const timers: Readonly<Record<string, ForbiddenGlobal>> = Object.fromEntries(
  ['setTimeout', 'setInterval', 'setImmediate'].map(name => [name, timer]),
)

/** By path as written: `Date.now`, `fetch`. `Date` alone stands for `Date()` and `new Date()` without arguments. */
export const forbiddenGlobals: Readonly<Record<string, ForbiddenGlobal>> = {
  Date: { code: 'MR130', hint: 'use now() in expressions, or the time in the data with eventTime; `new Date(ms)` of a given time is fine' },
  'Date.now': clock,
  'performance.now': clock,
  'process.hrtime': clock,
  'Temporal.Now': clock,
  'Math.random': random,
  'crypto.randomUUID': random,
  'crypto.getRandomValues': random,
  ...timers,
  fetch: network,
  WebSocket: network,
  EventSource: network,
}

const cryptoExports: Readonly<Record<string, ForbiddenGlobal>> = {
  randomUUID: random,
  randomBytes: random,
  randomInt: random,
  getRandomValues: random,
}

/** By module, without `node:`, and name of the export. */
export const forbiddenExports: Readonly<Record<string, Readonly<Record<string, ForbiddenGlobal>>>> = {
  crypto: cryptoExports,
  timers,
  'timers/promises': timers,
  perf_hooks: { performance: clock },
  process: { hrtime: clock },
}
