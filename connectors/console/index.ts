/** Rows on the terminal: `import { consoleSink } from 'millrace/console'`. */
export { consoleSink } from './sink.js'
export type { ConsoleSinkOptions } from './sink-options.js'
