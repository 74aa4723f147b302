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

const counterparts: readonly (readonly [string, readonly string[]])[] = [
  [
    'aggregate(…), which keeps state in snapshots',
    ['scan', 'reduce', 'groupBy', 'distinct', 'distinctUntilChanged', 'pairwise', 'mergeScan', 'count', 'toArray'],
  ],
  [
    'aggregate(…) over tumbling(…) or hopping(…)',
    [
      'buffer',
      'bufferCount',
      'bufferTime',
      'bufferToggle',
      'bufferWhen',
      'window',
      'windowCount',
      'windowTime',
      'windowToggle',
      'windowWhen',
    ],
  ],
  [
    'eventTime(…) and windows, whose time comes from the data',
    [
      'debounce',
      'debounceTime',
      'throttle',
      'throttleTime',
      'audit',
      'auditTime',
      'sample',
      'sampleTime',
      'delay',
      'delayWhen',
      'timeout',
      'timestamp',
      'timeInterval',
    ],
  ],
  [
    "merge('id', first, second)",
    [
      'merge',
      'mergeWith',
      'concat',
      'concatWith',
      'combineLatest',
      'combineLatestWith',
      'zip',
      'zipWith',
      'race',
      'withLatestFrom',
      'forkJoin',
    ],
  ],
  ["read('id', source)", ['of', 'from', 'fromEvent', 'interval', 'timer', 'defer', 'range', 'generate']],
  [
    'where(…), which ends no stream',
    ['take', 'takeLast', 'takeUntil', 'takeWhile', 'first', 'last', 'skip', 'skipLast', 'skipUntil', 'skipWhile', 'elementAt', 'single'],
  ],
  ['flatMapRows(…)', ['mergeMap', 'switchMap', 'concatMap', 'exhaustMap', 'expand']],
  [
    'streams as they are: they are shared already',
    ['share', 'shareReplay', 'publish', 'observeOn', 'subscribeOn', 'retry', 'repeat', 'startWith', 'endWith'],
  ],
]

const rxjsExports: Readonly<Record<string, ForbiddenGlobal>> = Object.fromEntries(
  counterparts.flatMap(([instead, names]) => names.map(name => [name, { code: 'MR135' as const, hint: `use ${instead}` }])),
)

/** By module, without `node:`, and name of the export. */
export const forbiddenExports: Readonly<Record<string, Readonly<Record<string, ForbiddenGlobal>>>> = {
  crypto: cryptoExports,
  timers,
  'timers/promises': timers,
  perf_hooks: { performance: clock },
  process: { hrtime: clock },
  rxjs: rxjsExports,
}
