/** A job file with one fault, and where the fault lies. */
export interface BadJobFile {
  readonly fault: string
  readonly code: string
  /** Line and column of the place shown. */
  readonly at: readonly [number, number]
  /** Words of the message and of the remedy. */
  readonly says: RegExp
  readonly remedy: RegExp
  readonly text: string
}

const imports = `import { aggregate, count, eventTime, into, job, max, number, schema, text, timestamp, tumbling, view, where } from 'millrace'
import { amqp, json } from 'millrace/amqp'
`
const head = `${imports}const Reading = schema({ room: text(), celsius: number(), at: timestamp('rfc3339') })
`
/** Line 4 begins the job; each step of its pipe has a line of its own, from line 6. */
const piped = (...steps: readonly string[]): string => `${head}export default job('bad', ({ read }) => [
  read('readings', amqp({ address: 'bad', decode: json(Reading) })).pipe(
${steps.map(step => `    ${step},\n`).join('')}    into(view('v')),
  ),
])
`

export const badJobFiles: readonly BadJobFile[] = [
  {
    fault: '`&&` in an expression',
    code: 'MR111',
    at: [6, 16],
    says: /`&&` does not work on columns/,
    remedy: /r\.celsius\.gt\(1\)\.and\(r\.room\.eq\("x"\)\)/,
    text: piped(`where(r => r.celsius.gt(1) && r.room.eq('x'))`),
  },
  {
    fault: 'a bare RxJS operator',
    code: 'MR151',
    at: [7, 8],
    says: /bare RxJS operator/,
    remedy: /rx\('id', operator/,
    text: `import { map } from 'rxjs'
${head}const running = map(batch => batch) as never
export default job('bad', ({ read }) => [read('readings', amqp({ address: 'bad', decode: json(Reading) }))
      .pipe(running, into(view('v')))])
`,
  },
  {
    fault: 'a stateful RxJS operator',
    code: 'MR135',
    at: [6, 31],
    says: /`scan` in job code/,
    remedy: /aggregate/,
    text: `import { scan } from 'rxjs'
${head}const running = rx('running', scan((_, batch) => batch))
`.replace(`const running`, `import { rx } from 'millrace'\nconst running`),
  },
  {
    fault: '`Date.now` in a job',
    code: 'MR130',
    at: [6, 29],
    says: /`Date\.now` in job code/,
    remedy: /now\(\) in expressions/,
    text: piped(`where(r => r.celsius.gt(Date.now() - 60_000))`),
  },
  {
    fault: 'an unknown option of a source',
    code: 'MR302',
    at: [5, 20],
    says: /no option `adress`, did you mean `address`/,
    remedy: /options named in the message/,
    text: piped().replace(`address: 'bad'`, `address: 'bad', adress: 'bad'`),
  },
  {
    fault: 'an unknown option of an operator',
    code: 'MR159',
    at: [6, 5],
    says: /eventTime has no option `outOfOrder`/,
    remedy: /did you mean `outOfOrderness`/,
    text: piped(`eventTime(r => r.at, { outOfOrder: '10s' } as never)`),
  },
  {
    fault: 'a duplicate id',
    code: 'MR150',
    at: [7, 17],
    says: /the id 'v' names two/,
    remedy: /another id/,
    text: `${head}export default job('bad', ({ read }) => {
  const readings = read('readings', amqp({ address: 'bad', decode: json(Reading) }))
  return [readings.pipe(into(view('v'))),
  readings.pipe(into(view('v')))]
})
`,
  },
  {
    fault: 'a field named like a reserved one',
    code: 'MR101',
    at: [3, 17],
    says: /`window_start` is reserved/,
    remedy: /\.at\('old\.key'\)/,
    text: `${imports}const Reading = schema({ window_start: text() })
export default job('bad', ({ read }) => [read('readings', amqp({ address: 'bad', decode: json(Reading) })).pipe(into(view('v')))])
`,
  },
  {
    fault: 'a key column named like a reserved one',
    code: 'MR160',
    at: [6, 5],
    says: /`final` of 'a' has a reserved name/,
    remedy: /Rename/,
    text: piped(`aggregate('a', { by: r => ({ final: r.room }), over: tumbling('5s') }, { n: count() })`),
  },
  {
    fault: 'a misspelt field',
    code: 'MR110',
    at: [6, 23],
    says: /no field `celcius`/,
    remedy: /did you mean `celsius`/,
    text: piped(`where((r: any) => r.celcius.gt(1))`),
  },
  {
    fault: 'a text where a timestamp is due',
    code: 'MR104',
    at: [6, 27],
    says: /`room` is not a timestamp: the schema says text/,
    remedy: /timestamp\('rfc3339'\)/,
    text: piped(`eventTime((r: any) => r.room, { outOfOrderness: '1s' })`),
  },
  {
    fault: 'a syntax error',
    code: 'MR402',
    at: [4, 48],
    says: /Unexpected "}"/,
    remedy: /syntax/,
    text: `${head}export default job('bad', ({ read }) => [read( }
`,
  },
  {
    fault: 'no default export',
    code: 'MR403',
    at: [1, 1],
    says: /has no default export/,
    remedy: /export default job/,
    text: `${head}export const rooms = Reading\n`,
  },
  {
    fault: 'a default export that is no job',
    code: 'MR403',
    at: [1, 1],
    says: /is no job/,
    remedy: /export default job/,
    text: `${head}export default Reading\n`,
  },
  {
    fault: 'an import that is not there',
    code: 'MR405',
    at: [1, 25],
    says: /no-such-module/,
    remedy: /Install the package/,
    text: `import { nothing } from 'no-such-module'\n${head}export default nothing\n`,
  },
  {
    fault: 'an exception in the job function',
    code: 'MR404',
    at: [5, 9],
    says: /no rooms today/,
    remedy: /Mend the code/,
    text: `${head}export default job('bad', () => {
  throw new Error('no rooms today')
})
`,
  },
]

/** A job without a fault, as its neighbour. */
export const goodJobFile = `${head}export default job('good', ({ read }) => [
  read('readings', amqp({ address: 'good', decode: json(Reading) })).pipe(into(view('seen'))),
])
`

/** A job that reads from a server of its own. */
export const remoteJobFile = (url: string): string =>
  goodJobFile
    .replace(`job('good'`, `job('remote'`)
    .replace(`address: 'good'`, `address: 'remote', url: '${url}'`)
    .replace(`'seen'`, `'remote-seen'`)
