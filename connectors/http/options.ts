import { checkOptions, isText, type OptionCheck, wants, wantsObject } from '../../src/connector/check-options.js'
import { EnvironmentText, type Text } from '../../src/connector/secret.js'
import type { TlsOptions } from '../../src/connector/tls-settings.js'
import type { Duration } from '../../src/model/duration.js'
import { parseEndpoint } from './endpoint.js'
import { headerFault } from './headers.js'

/** How a request's body is written. */
export type BodyFormat = 'array' | 'object' | 'ndjson'

/** Options of an HTTP sink. */
export interface HttpSinkOptions {
  /** `http://` or `https://`. A secret shows nothing of its path: webhooks carry their key there. */
  readonly url: Text
  /** Sent with each request; `secret('NAME')` where a value is one. */
  readonly headers?: Readonly<Record<string, Text>>
  /** Short for the header `authorization: Bearer …`. */
  readonly bearer?: Text
  /** `array` (default): a JSON array of rows; `object`: one row a request, as it is; `ndjson`: a row a line. */
  readonly format?: BodyFormat
  /**
   * Rows of a request, at most `rows` (default 500) and 1 MiB. Rows that come while a request is on its way go together with
   * the next; `ms` (default 0) makes the first of them wait longer for company.
   */
  readonly batch?: { readonly rows?: number; readonly ms?: number }
  /** Adds the deterministic id of each row to its object, under this name, which no field of the rows may have. */
  readonly idField?: string
  /**
   * The peer keeps what it was sent by its id, and drops what it has: the key of a request with one row is the row's id, a row
   * among others has it in `idField`. Default false: a row may come twice.
   */
  readonly idempotent?: boolean
  /** From the request to the end of its answer; default 30s. Then it is sent again. */
  readonly timeout?: Duration
  readonly tls?: TlsOptions
}

const url: OptionCheck = value => {
  if (!isText(value)) return 'wants an address such as https://example.com/rows, env(…) or secret(…)'
  if (typeof value === 'string') parseEndpoint(value)
  return undefined
}

const headers: OptionCheck = value => {
  if (typeof value !== 'object' || value === null) return "wants an object such as { 'x-api-key': secret('KEY') }"
  const faults = Object.entries(value).map(([name, text]) =>
    isText(text) ? headerFault(name, typeof text === 'string' ? text : '') : `\`${name}\` wants a text, env(…) or secret(…)`,
  )
  return faults.find(fault => fault !== undefined)
}

/** A batch is one write of the runtime at most, which holds so many rows. */
const mostRows = 10_000
const mostWaitMs = 10_000

const within =
  (least: number, most: number): OptionCheck =>
  value =>
    Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most
      ? undefined
      : `wants a whole number from ${least} to ${most.toLocaleString('en')}`

const checks: Readonly<Record<string, OptionCheck>> = {
  url,
  headers,
  bearer: wants.text,
  format: value => (['array', 'object', 'ndjson'].includes(value as string) ? undefined : "wants 'array', 'object' or 'ndjson'"),
  batch: wantsObject({ rows: within(1, mostRows), ms: within(0, mostWaitMs) }, []),
  idField: wants.plain,
  idempotent: wants.flag,
  timeout: wants.positiveDuration,
  tls: wantsObject({ ca: wants.text, cert: wants.text, key: wants.text, rejectUnauthorized: wants.flag }, []),
}

const defaultRows = 500

/** Rows of a request, at most. */
export const rowsOf = ({ format, batch }: Pick<HttpSinkOptions, 'format' | 'batch'>): number =>
  format === 'object' ? 1 : (batch?.rows ?? defaultRows)

/** @throws MR302 naming every fault. */
export function checkSinkOptions(id: string, options: HttpSinkOptions): void {
  const { format, batch, headers: named = {}, bearer, idempotent, idField } = options
  const further: string[] = []
  if (format === 'object' && (batch?.rows ?? 1) !== 1)
    further.push("`format: 'object'` posts one row a request, and `batch.rows` asks for more")
  if (bearer !== undefined && Object.keys(named).some(name => name.toLowerCase() === 'authorization'))
    further.push('`bearer` and the header `authorization` say the same thing twice')
  if (idempotent === true && idField === undefined && rowsOf(options) > 1)
    further.push(
      "`idempotent` wants `idField`, by which the peer knows each row of a request, or one row a request (`batch: { rows: 1 }` or `format: 'object'`)",
    )
  checkOptions(`httpSink '${id}'`, options, checks, ['url'], further)
}

/** What an address shows in plans. */
export const shownUrl = (value: Text): string => (value instanceof EnvironmentText ? value.toString() : parseEndpoint(value).text)
