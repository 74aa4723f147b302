/** The test kit of job and operator authors: `import { verifyOperator } from 'millrace/testing'`. */
export { collectSink } from './collect-sink.js'
export { rowsSource } from './rows-source.js'
export { pushEntry, type TestEntry, type TestResult } from './run-entries.js'
export { type OperatorCase, verifyOperator } from './verify-operator.js'
