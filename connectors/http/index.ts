/** Rows to an HTTP peer: `import { httpSink } from 'millrace/http'`. */
export { env, secret } from '../../src/connector/secret.js'
export type { TlsOptions } from '../../src/connector/tls-settings.js'
export type { BodyFormat, HttpSinkOptions } from './options.js'
export { httpSink } from './sink.js'
