import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { MillraceError } from '../model/errors/millrace-error.js'
import { instantText } from '../model/instant-text.js'
import type { View, ViewQuery } from '../views/view.js'
import { excelCsv } from './excel-csv.js'
import { keyValues } from './key-values.js'
import {
  booleanParameter,
  choiceParameter,
  countParameter,
  listParameter,
  type ParameterTable,
  type ParameterValues,
  parameterSchema,
  readParameters,
  textParameter,
  timeParameter,
  zoneParameter,
} from './parameters.js'
import type { RowFormat, RowSet } from './row-format.js'
import { rowFormats } from './row-formats.js'
import type { RowStreams } from './row-streams.js'
import { textRows } from './row-texts.js'
import { jobClock, type ServerContext } from './server-context.js'
import { findView } from './view-names.js'

/** Rows that a JSON array carries without an explicit limit. */
const mostJsonRows = 100_000
/** Made before the first byte leaves, so that most failures get a status of their own, and short answers their length. */
const wholeBytes = 256 * 1024
type FormatName = keyof typeof rowFormats

const parameters = {
  from: timeParameter('from this event time on'),
  to: timeParameter('before this event time'),
  columns: listParameter('columns in this order, joined by commas'),
  final: booleanParameter('true: only rows of closed windows'),
  limit: countParameter('rows at most; the Link header leads on', 100_000_000),
  after: textParameter('the cursor of a Link header'),
}

/** For rows.csv only. */
const csvParameters = {
  ...parameters,
  dialect: choiceParameter('how it is written: plain (RFC 4180) or excel (byte order mark, local times, no formulas)', ['plain', 'excel']),
  tz: zoneParameter('IANA zone of the times of dialect=excel; UTC unless given'),
}

const keyParameter: ParameterTable = {
  'key.NAME': textParameter('only rows whose column NAME has this value; may be repeated'),
}

/** Splits off `key.NAME=value`, which may be repeated. */
function readKeys(query: object): { keys: Record<string, readonly string[]>; rest: Record<string, unknown> } {
  const keys: Record<string, readonly string[]> = Object.create(null)
  const rest: Record<string, unknown> = Object.create(null)
  for (const [name, value] of Object.entries(query)) {
    if (name.startsWith('key.') && name.length > 4) keys[name.slice(4)] = Array.isArray(value) ? value.map(String) : [String(value)]
    else rest[name] = value
  }
  return { keys, rest }
}

/** What `resetAndDestroy` does, without the regular end that it sends first: a quick reader would take that for the end of the rows. */
const resetNow = (socket: Socket): Socket => Object.assign(socket, { resetAndClosing: true }).destroy()

/** The address of the rows that follow; relative times are written out, so that the pages belong together. */
function nextAddress(url: string, query: ViewQuery, next: string): string {
  const address = new URL(url, 'http://localhost')
  for (const bound of ['from', 'to'] as const) if (query[bound] !== undefined) address.searchParams.set(bound, String(query[bound]))
  address.searchParams.set('after', next)
  return address.pathname + address.search
}

/** Runs a query; for JSON without a limit, refuses rather than cuts. */
function ask(view: View, query: ViewQuery, format: FormatName): ReturnType<View['query']> {
  if (format !== 'json' || query.limit !== undefined) return view.query(query)
  const result = view.query({ ...query, limit: mostJsonRows })
  if (result.next === undefined) return result
  throw new MillraceError('MR511', `view '${view.id}' has more than ${mostJsonRows.toLocaleString('en')} rows for this query`)
}

/** `GET /views/{view}/rows.{json,ndjson,csv,arrow}`: the rows of a view. */
export function rowRoutes(app: FastifyInstance, context: ServerContext, streams: RowStreams): void {
  const handle = async (
    name: FormatName,
    request: FastifyRequest<{ Params: { view: string } }>,
    reply: FastifyReply,
  ): Promise<FastifyReply> => {
    const started = context.time.monotonic()
    const view = findView(context.host.views(), request.params.view)
    const now = jobClock(context, view.job)
    const { keys, rest } = readKeys(request.query as object)
    const { dialect, tz, ...asked } = readParameters(rest, name === 'csv' ? csvParameters : parameters, now) as ParameterValues<
      typeof csvParameters
    >
    if (tz !== undefined && dialect !== 'excel') throw new MillraceError('MR507', '`tz` is for dialect=excel: other times are in UTC')
    if (new Set(asked.columns).size !== (asked.columns?.length ?? 0)) {
      throw new MillraceError('MR507', '`columns` names a column twice', { hint: 'name each once: readers tell columns by their names' })
    }
    if (asked.from !== undefined && asked.to !== undefined && asked.from > asked.to) {
      const hint = `from is ${instantText(asked.from)}, to is ${instantText(asked.to)}`
      throw new MillraceError('MR507', '`from` is later than `to`, so there can be no rows', { hint })
    }
    const format = dialect === 'excel' ? textRows(excelCsv(tz ?? 'UTC')) : await rowFormats[name].load()
    const info = view.info()
    const query: ViewQuery = { ...asked, keys: keyValues(keys, info.columns) }
    const result = ask(view, query, name)
    const columns = result.columns.map(column => info.columns.find(c => c.name === column)!)
    reply.header('content-type', format.contentType)
    reply.header('millrace-now', instantText(now))
    if (info.watermark !== null) reply.header('millrace-watermark', instantText(info.watermark))
    if (result.next !== undefined) reply.header('link', `<${nextAddress(request.url, query, result.next)}>; rel="next"`)
    return send(reply, request, format, { job: view.job, view: view.id, columns, rows: result.rows }, started)
  }

  /** A short answer goes out whole, with its length; a long one streams as fast as it is read. */
  const send = (reply: FastifyReply, request: FastifyRequest, format: RowFormat, set: RowSet, started: number): FastifyReply => {
    // Rows are looked up as they are written: the query has taken all that passes before the first byte.
    const timed = () => reply.header('server-timing', `query;dur=${(context.time.monotonic() - started).toFixed(1)}`)
    const ahead: (string | Uint8Array)[] = []
    const pieces = format.pieces(set)
    let bytes = 0
    for (let piece = pieces.next(); !piece.done; piece = pieces.next()) {
      ahead.push(piece.value)
      bytes += piece.value.length
      if (bytes <= wholeBytes) continue
      if (request.method === 'HEAD') return timed().send(Readable.from([]))
      const stream = streams.open(ahead, pieces)
      // There the end of the connection is the end of the answer: only a reset tells that this one is not whole.
      if (request.raw.httpVersionMinor === 0) stream.on('error', () => resetNow(request.raw.socket))
      return timed().send(stream)
    }
    return timed().send(
      ahead.every(piece => typeof piece === 'string')
        ? ahead.join('')
        : Buffer.concat(ahead.map(piece => Buffer.from(piece as Uint8Array))),
    )
  }

  for (const name of Object.keys(rowFormats) as FormatName[]) {
    const described = { ...(name === 'csv' ? csvParameters : parameters), ...keyParameter }
    const schema = {
      summary: `Rows of a view as ${name}`,
      querystring: parameterSchema(described),
    }
    app.get<{ Params: { view: string } }>(`/views/:view/rows.${name}`, { schema }, (request, reply) => handle(name, request, reply))
  }
}
