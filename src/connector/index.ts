/**
 * The door for connectors of one's own: `import { type SourceSpec, SegmentQueue } from 'millrace/connector'`. The guide
 * "Write a connector" leads through it; `millrace/testing` has the conformance suite.
 */
export type { DecoderSpec } from '../codecs/decoder.js'
export type { Expr, SymbolicRow } from '../expr/types.js'
export { Backoff } from '../model/backoff.js'
export type { Chunk } from '../model/chunk.js'
export { type Column, type Columns, valueAt } from '../model/columns.js'
export { type Duration, durationMs } from '../model/duration.js'
export type { ErrorCode } from '../model/errors/catalogue.js'
export { MillraceError } from '../model/errors/millrace-error.js'
export type { Json } from '../model/json.js'
export type { Log, RandomSource, TimeSource } from '../model/seams.js'
export type { ColumnInfo } from '../model/value-type.js'
export { checkOptions, type OptionCheck, wants, wantsObject } from './check-options.js'
export { outputRow } from './output-row.js'
export { RefusedRows } from './refused-rows.js'
export { EnvironmentText, env, resolveText, secret, type Text } from './secret.js'
export { presettled, type Segment } from './segment.js'
export { SegmentQueue } from './segment-queue.js'
export type { HeldPosition, OutputBatch, Position, SinkGuarantee, SinkPromise, SinkSpec, SinkStatus, SinkWriter } from './sink.js'
export type {
  CheckResult,
  ConnectorContext,
  IdSpec,
  Outcome,
  SourceLog,
  SourcePromise,
  SourceReader,
  SourceSpec,
  SourceStatus,
} from './source.js'
export { type TlsOptions, type TlsSettings, tlsSettings } from './tls-settings.js'
