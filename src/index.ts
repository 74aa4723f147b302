/**
 * The job author's door: `import { job, schema, … } from 'millrace'`.
 */
export { collect } from './aggregates/collect.js'
export { count } from './aggregates/count.js'
export { countDistinct } from './aggregates/count-distinct.js'
export { first } from './aggregates/first.js'
export { last } from './aggregates/last.js'
export { max } from './aggregates/max.js'
export { mean } from './aggregates/mean.js'
export { min } from './aggregates/min.js'
export { stddev } from './aggregates/stddev.js'
export { sum } from './aggregates/sum.js'
export { variance } from './aggregates/variance.js'
export { type Conversion, convert, emit, reject, skip } from './codecs/convert.js'
export { firstOf } from './codecs/first-of.js'
export { json } from './codecs/json.js'
export type { Message } from './codecs/message.js'
export { raw } from './codecs/raw.js'
export { sparkBody, sparkJson } from './codecs/spark.js'
export { value } from './codecs/value.js'
export { valueText } from './codecs/value-text.js'
export { env, secret } from './connector/secret.js'
export { format } from './expr/format.js'
export { literal } from './expr/literal.js'
export { now } from './expr/now.js'
export type { BoolExpr, Expr, NumberExpr, SymbolicRow, TextExpr, TimeExpr } from './expr/types.js'
export { when } from './expr/when.js'
export type { Job } from './job/graph.js'
export { type JobTools, job } from './job/job.js'
export type { Batch } from './model/batch.js'
export type { Duration } from './model/duration.js'
export { MillraceError } from './model/errors/millrace-error.js'
export {
  annotation,
  applicationProperty,
  boolean,
  creationTime,
  header,
  integer,
  number,
  oneOf,
  property,
  schema,
  text,
  timestamp,
} from './model/fields.js'
export type { Field, Instant, RowInput, RowOf, Schema } from './model/schema.js'
export { type AggregateOptions, aggregate, type ResultRow, type WindowColumns } from './operators/aggregate.js'
export { debug } from './operators/debug.js'
export { type EventTimeOptions, eventTime } from './operators/event-time.js'
export { filterRows } from './operators/filter-rows.js'
export { into } from './operators/into.js'
export { flatMapRows, mapRows } from './operators/map-rows.js'
export { merge } from './operators/merge.js'
export type { Operator } from './operators/operator.js'
export { type RxOptions, rx } from './operators/rx.js'
export { derive, select } from './operators/select.js'
export type { Output, Stream } from './operators/stream.js'
export { where } from './operators/where.js'
export { view } from './views/view-sink.js'
export { hopping, sliding } from './windows/hopping.js'
export { tumbling } from './windows/tumbling.js'
export type { WindowPlan } from './windows/window-plan.js'
