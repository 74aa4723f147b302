import type { Batch } from '../model/batch.js'
import type { RowInput, Schema } from '../model/schema.js'
import { firstResults } from './first-results.js'
import { type Operator, operator } from './operator.js'
import { expectValue } from './options-of.js'
import { misfit, rowsToColumns, schemaColumns } from './rows-to-columns.js'
import type { Stream } from './stream.js'

/**
 * One row of a new schema for each row, by a JavaScript function. The function must be deterministic. A throw or a row
 * that does not fit the schema sends the input row to the dead letters. Of window results it reads the first final ones.
 *
 * @example
 * readings.pipe(mapRows('rounded', schema({ room: text(), celsius: integer() }), r => ({ room: r.room, celsius: Math.round(r.celsius) })))
 */
export function mapRows<T, U>(id: string, schema: Schema<U>, fn: (row: T) => RowInput<U>): Operator<T, U> {
  return operator('mapRows', stream => rowsThrough(stream, 'mapRows', id, schema, row => [fn(row)], typeof fn === 'function'))
}

/**
 * Any number of rows of a new schema for each row, by a JavaScript function; otherwise as `mapRows`.
 *
 * @example
 * frames.pipe(flatMapRows('samples', Sample, frame => unpack(frame)))
 */
export function flatMapRows<T, U>(id: string, schema: Schema<U>, fn: (row: T) => Iterable<RowInput<U>>): Operator<T, U> {
  return operator('flatMapRows', stream => rowsThrough(stream, 'flatMapRows', id, schema, fn, typeof fn === 'function'))
}

function rowsThrough<T, U>(
  stream: Stream<T>,
  op: string,
  id: string,
  schema: Schema<U>,
  fn: (row: T) => Iterable<RowInput<U>>,
  isFunction: boolean,
): Stream<U> {
  expectValue(typeof schema?.fields === 'object', `${op} '${id}'`, `the schema of its rows second: ${op}('${id}', schema({ … }), row => …)`)
  expectValue(isFunction, `${op} '${id}'`, `a function of a row last: ${op}('${id}', schema({ … }), row => …)`)
  const fields = schema.fields
  return stream.builder.add<U>({
    op,
    id,
    inputs: [stream],
    params: {},
    columns: schemaColumns(fields),
    opaque: true,
    uses: 'all',
    passes: false,
    logic: context => ({
      onBatch(input, emit) {
        const batch = firstResults(input, stream.window !== undefined, context) as Batch<T>
        const rows: Readonly<Record<string, unknown>>[] = []
        const from: number[] = []
        for (let i = 0; i < batch.length; i++) {
          try {
            const made = [...fn(batch.row(i))] as Readonly<Record<string, unknown>>[]
            const wrong = made.map(row => misfit(row, fields)).find(reason => reason !== undefined)
            if (wrong !== undefined) {
              context.reject(batch, i, 'MR162', `'${id}': ${wrong}`)
              continue
            }
            for (const row of made) {
              rows.push(row)
              from.push(i)
            }
          } catch (error) {
            context.reject(batch, i, 'MR161', `'${id}' threw: ${messageOf(error)}`, error instanceof Error ? error.stack : undefined)
          }
        }
        if (rows.length === 0) return emit(batch.empty())
        emit(
          batch.with({
            length: rows.length,
            columns: rowsToColumns(rows, fields),
            times: Float64Array.from(from, i => batch.times[i]!),
            messages: batch.messages && Int32Array.from(from, i => batch.messages![i]!),
            removed: undefined,
          }),
        )
      },
    }),
  })
}

/** The text of whatever was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
