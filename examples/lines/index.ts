export { type LineSinkOptions, lineSink } from './sink.js'
export { type LinesOptions, lines } from './source.js'
