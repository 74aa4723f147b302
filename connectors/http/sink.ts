import type { SinkSpec } from '../../src/connector/sink.js'
import type { Json } from '../../src/model/json.js'
import { checkPeer } from './check.js'
import { checkSinkOptions, type HttpSinkOptions, rowsOf, shownUrl } from './options.js'
import { settingsOf } from './settings.js'
import { HttpSinkWriter } from './sink-writer.js'

/**
 * An HTTP sink: rows are posted as JSON, and a write is done when the peer has answered 2xx for every row.
 *
 * A peer that is away, 5xx, 408, 425 and 429 are tried again with growing pauses, not before a `Retry-After`; the sources are held back
 * meanwhile. Rows that the peer refuses (any other 4xx) become dead letters and the others go on; of several rows in a request, halves
 * tell which are at fault. 401, 403, 407 and redirects stop the job: no row would arrive.
 *
 * Each request has an `Idempotency-Key`. The guarantee is at least once, and exactly once where the peer drops what it has by its id:
 * then say `idempotent: true`.
 *
 * @throws MR302 naming every wrong option.
 * @example
 * hot.pipe(into(httpSink('alerts', { url: 'https://example.com/alerts', bearer: secret('ALERTS_TOKEN') })))
 */
export function httpSink<T>(id: string, options: HttpSinkOptions): SinkSpec<T> {
  checkSinkOptions(id, options)
  const { url, headers = {}, format = 'array', idField, idempotent = false, timeout, batch } = options
  const rows = rowsOf(options)
  const params = { url: shownUrl(url), headers: Object.keys(headers), format, rows, ms: batch?.ms, idField, idempotent, timeout }
  return {
    id,
    connector: 'http',
    // Leaves out what is not given.
    params: JSON.parse(JSON.stringify(params)) as { readonly [key: string]: Json },
    kind: 'sink',
    promise: { guarantee: idempotent ? 'idempotent' : 'append' },
    expressions: {},
    usesEmbeddedNode: false,
    checkSettings: context => void settingsOf(options, context),
    async open(context) {
      return new HttpSinkWriter(context, settingsOf(options, context), { form: { format, rows, idField }, idempotent, ms: batch?.ms ?? 0 })
    },
    check: (context, timeoutMs) => checkPeer(options, context, timeoutMs),
  }
}
