import { catalogue, type ErrorCode } from '../model/errors/catalogue.js'
import { problemContentType, statusOf } from './problem.js'
import { rowFormats } from './row-formats.js'

/** An operation of an OpenAPI document, as far as it is looked at here. */
interface Operation {
  readonly summary?: string
  readonly parameters?: readonly { readonly in: string; readonly name: string; readonly description?: string }[]
}

type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>

/** What routes send, by the end of their address; anything else is JSON. */
const contentTypes: readonly (readonly [RegExp, string])[] = [
  [/\.csv$/, rowFormats.csv.contentType],
  [/\.ndjson$/, rowFormats.ndjson.contentType],
  [/\.arrow$/, rowFormats.arrow.contentType],
  [/\/(live|tap)$/, 'text/event-stream; charset=utf-8'],
  [/\/raw$/, 'application/octet-stream'],
  [/^\/metrics$/, 'text/plain; version=0.0.4; charset=utf-8'],
]

/** The errors that a request can meet, by `METHOD address`. */
const errors: readonly (readonly [RegExp, readonly ErrorCode[]])[] = [
  [/./, ['MR505', 'MR506', 'MR515', 'MR517', 'MR521']],
  [/\{/, ['MR510']],
  [/^GET .*(\/rows\.|\/(live|tap|alerts|late)$|\/dead-letters\.)/, ['MR507']],
  [/\/rows\./, ['MR508', 'MR509', 'MR513', 'MR514']],
  [/\/rows\.json$/, ['MR511']],
  [/\/rows\.arrow$/, ['MR520']],
  [/\/views\/\{view\}$/, ['MR514']],
  [/\/live$/, ['MR510', 'MR513', 'MR514']],
  [/\/tap$/, ['MR470', 'MR471']],
  [/^POST/, ['MR545', 'MR546']],
  [/\/retry$/, ['MR472', 'MR473', 'MR474', 'MR475']],
  [/\/demo$/, ['MR510']],
  [/\/demo\/\{action\}$/, ['MR547']],
]

/** On a page that is shared, for those who come from other machines. */
const guestErrors: readonly ErrorCode[] = ['MR548', 'MR549']

const pathParameters: Readonly<Record<string, string>> = {
  view: 'id of a view; `JOB:ID` where several jobs have one of this id',
  job: 'id of a job',
  id: 'id, as the list has it',
  name: 'name of a dashboard, which is the id of its job',
  action: 'what to do, one of `actions` in GET /api/v1/demo',
}

const rowHeaders = {
  Link: 'the address of the rows that follow, with rel="next", where `limit` cut the answer',
  'Millrace-Now': "the job's clock, which `now` means",
  'Millrace-Watermark': 'up to where results are complete',
  'Server-Timing': 'ms until the first byte left, `query;dur=…`',
}

const problemSchema = {
  type: 'object',
  description: 'RFC 9457, with a code of Millrace and a remedy',
  required: ['type', 'title', 'status', 'detail', 'code', 'hint'],
  properties: {
    type: { type: 'string', pattern: '^urn:millrace:error:MR\\d{3}$' },
    title: { type: 'string' },
    status: { type: 'integer', minimum: 400, maximum: 599 },
    detail: { type: 'string', description: 'what was wrong with this very request' },
    code: { type: 'string', pattern: '^MR\\d{3}$', description: '`millrace explain CODE` tells more' },
    hint: { type: 'string', description: 'how to mend it' },
    problems: { type: 'array', description: 'everything wrong with a dashboard', items: { type: 'object' } },
  },
}

const described = (headers: Readonly<Record<string, string>>): object =>
  Object.fromEntries(Object.entries(headers).map(([name, description]) => [name, { description, schema: { type: 'string' } }]))

function success(path: string, summary: string): object {
  const content = contentTypes.find(([ending]) => ending.test(path))?.[1] ?? 'application/json; charset=utf-8'
  return { description: summary, content: { [content]: {} }, ...(path.includes('/rows.') && { headers: described(rowHeaders) }) }
}

function failures(codes: readonly ErrorCode[]): object {
  const byStatus = new Map<number, ErrorCode[]>()
  for (const code of new Set(codes)) byStatus.set(statusOf(code), [...(byStatus.get(statusOf(code)) ?? []), code])
  return Object.fromEntries(
    [...byStatus].map(([status, of]) => {
      const description = of.map(code => `${code} ${catalogue[code].title}`).join('; ')
      return [status, { description, content: { [problemContentType]: { schema: { $ref: '#/components/schemas/Problem' } } } }]
    }),
  )
}

/**
 * The OpenAPI document with what the routes answer: the content type of success, and each error that a request can meet,
 * with its status and code, as a problem document.
 *
 * @param shared guests come from other machines, who need a token
 */
export function withAnswers<D extends object>(document: D, shared: boolean): D {
  const operation = (path: string, method: string, { summary = '', parameters = [], ...rest }: Operation): object => {
    const codes = errors.flatMap(([route, of]) => (route.test(`${method.toUpperCase()} ${path}`) ? of : []))
    const ready = path === '/readyz' && {
      503: { description: 'not ready, with the reasons', content: { 'application/json; charset=utf-8': {} } },
    }
    return {
      ...rest,
      summary,
      parameters: parameters.map(p => (p.in === 'path' ? { ...p, description: pathParameters[p.name] } : p)),
      responses: { 200: success(path, summary), ...failures([...codes, ...(shared ? guestErrors : [])]), ...ready },
    }
  }
  const { paths = {}, components = {} } = document as { paths?: Paths; components?: { schemas?: object } }
  return {
    ...document,
    paths: Object.fromEntries(
      Object.entries(paths).map(([path, methods]) => [
        path,
        Object.fromEntries(Object.entries(methods).map(([method, of]) => [method, operation(path, method, of)])),
      ]),
    ),
    components: { ...components, schemas: { ...components.schemas, Problem: problemSchema } },
  }
}
