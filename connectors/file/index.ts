/** Files of CSV and JSON lines: `import { csv, file, json } from 'millrace/file'`. */
export { type Conversion, convert, emit, reject, skip } from '../../src/codecs/convert.js'
export { csv } from '../../src/codecs/csv.js'
export { firstOf } from '../../src/codecs/first-of.js'
export { json } from '../../src/codecs/json.js'
export { env, secret } from '../../src/connector/secret.js'
export { type OpenFile, openFile } from './open-file.js'
export { bodyId, file } from './source.js'
export type { FileSourceOptions } from './source-options.js'
