/** Rows to an HTTP peer: `import { httpSink } from 'millrace/http'`. */
export { env, secret } from '../../src/connector/secret.js'
export type { BodyFormat, HttpSinkOptions, TlsOptions } from './options.js'
export { httpSink } from './sink.js'
