import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { LiveRow, ViewColumn } from '../model/api.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { View, ViewQuery } from '../views/view.js'
import { excelCsv } from './excel-csv.js'
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
import type { RowStreams } from './row-streams.js'
import { csvRows, instantText, jsonRows, ndjsonRows, type RowFormat, rowPieces } from './row-texts.js'
import { jobClock, type ServerContext } from './server-context.js'
import { findView } from './view-names.js'

/** Rows that a JSON array carries without an explicit limit. */
const mostJsonRows = 100_000
const formats: Readonly<Record<string, RowFormat>> = { json: jsonRows, ndjson: ndjsonRows, csv: csvRows }

const parameters = {
  from: timeParameter('from this event time on: RFC 3339, ms since the epoch, or now-15m'),
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

/** The address of the rows that follow; relative times are written out, so that the pages belong together. */
function nextAddress(url: string, query: ViewQuery, next: string): string {
  const address = new URL(url, 'http://localhost')
  for (const bound of ['from', 'to'] as const) if (query[bound] !== undefined) address.searchParams.set(bound, String(query[bound]))
  address.searchParams.set('after', next)
  return address.pathname + address.search
}

/** Runs a query; for JSON without a limit, refuses rather than cuts. */
function ask(view: View, query: ViewQuery, format: RowFormat): ReturnType<View['query']> {
  if (format !== jsonRows || query.limit !== undefined) return view.query(query)
  const result = view.query({ ...query, limit: mostJsonRows })
  if (result.next === undefined) return result
  throw new MillraceError('MR511', `view '${view.id}' has more than ${mostJsonRows.toLocaleString('en')} rows for this query`, {
    hint: 'rows.ndjson and rows.csv stream them all; or narrow `from` and `to`, or give a `limit` and follow the Link header',
  })
}

/** `GET /views/{view}/rows.{json,ndjson,csv}`: the rows of a view. */
export function rowRoutes(app: FastifyInstance, context: ServerContext, streams: RowStreams): void {
  const handle = (name: string, request: FastifyRequest<{ Params: { view: string } }>, reply: FastifyReply): FastifyReply => {
    const started = context.time.monotonic()
    const view = findView(context.host.views(), request.params.view)
    const now = jobClock(context, view.job)
    const { keys, rest } = readKeys(request.query as object)
    const { dialect, tz, ...asked } = readParameters(rest, name === 'csv' ? csvParameters : parameters, now) as ParameterValues<
      typeof csvParameters
    >
    if (tz !== undefined && dialect !== 'excel') throw new MillraceError('MR507', '`tz` is for dialect=excel: other times are in UTC')
    const format = dialect === 'excel' ? excelCsv(tz ?? 'UTC') : formats[name]!
    const query: ViewQuery = { ...asked, keys }
    const result = ask(view, query, format)
    const info = view.info()
    const columns = result.columns.map(column => info.columns.find(c => c.name === column)!)
    reply.header('content-type', format.contentType)
    reply.header('millrace-now', instantText(now))
    if (info.watermark !== null) reply.header('millrace-watermark', instantText(info.watermark))
    if (result.next !== undefined) reply.header('link', `<${nextAddress(request.url, query, result.next)}>; rel="next"`)
    reply.header('server-timing', `query;dur=${(context.time.monotonic() - started).toFixed(1)}`)
    return send(reply, request, format, columns, result.rows)
  }

  /** A short answer goes out whole, with its length; a long one streams as fast as it is read. */
  const send = (
    reply: FastifyReply,
    request: FastifyRequest,
    format: RowFormat,
    columns: readonly ViewColumn[],
    rows: Iterable<LiveRow>,
  ): FastifyReply => {
    const pieces = rowPieces(format, columns, rows)
    const first = pieces.next()
    const second = pieces.next()
    if (second.done) return reply.send(first.value ?? '')
    if (request.method === 'HEAD') return reply.send(Readable.from([]))
    return reply.send(streams.open(first.value ?? '', second.value, pieces))
  }

  for (const name of Object.keys(formats)) {
    const described = { ...(name === 'csv' ? csvParameters : parameters), ...keyParameter }
    const schema = { summary: `Rows of a view as ${name}`, querystring: parameterSchema(described), produces: [formats[name]!.contentType] }
    app.get<{ Params: { view: string } }>(`/views/:view/rows.${name}`, { schema }, (request, reply) => handle(name, request, reply))
  }
}
