/**
 * The test kit of job and operator authors: `import { testJob, expectRows } from 'millrace/testing'`. It works with any
 * test runner, and needs none.
 */
export { collectSink } from './collect-sink.js'
export type { Batches } from './cut-rows.js'
export { type ExpectRowsOptions, expectRows } from './expect-rows.js'
export type { TestMessage } from './message-chunk.js'
export { rowsSource } from './rows-source.js'
export { pushEntry, type TestEntry, type TestResult } from './run-entries.js'
export { type JobTest, type TestJobOptions, testJob } from './test-job.js'
export type { TestInput, TestOutput, TestRow, TestValue } from './test-row.js'
export type { TestLetter } from './test-run.js'
export type { Arrival, TestSource } from './test-source.js'
export type { TestTime } from './test-time.js'
export { type OperatorCase, verifyOperator } from './verify-operator.js'
