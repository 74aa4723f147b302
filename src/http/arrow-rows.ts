import {
  AsyncByteQueue,
  Bool,
  type Data,
  type DataType,
  Field,
  Float64,
  Int64,
  List,
  makeData,
  Null,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  Timestamp,
  TimeUnit,
  Utf8,
} from 'apache-arrow'
import type { LiveRow, ViewColumn } from '../model/api.js'
import { type ArrowBuffers, arrowBuffers, validityOf } from './arrow-buffers.js'
import { rowBatches } from './row-batches.js'
import type { RowFormat, RowSet } from './row-format.js'

type FlatType = Exclude<ViewColumn['type'], 'list'>

/** A column on its way into Arrow; `element` is what its lists hold, undefined where no list holds anything. */
interface ArrowColumn extends ViewColumn {
  readonly element: FlatType | undefined
}

const flatTypes: Readonly<Record<FlatType, () => DataType>> = {
  number: () => new Float64(),
  integer: () => new Int64(),
  boolean: () => new Bool(),
  text: () => new Utf8(),
  timestamp: () => new Timestamp(TimeUnit.MILLISECOND, 'UTC'),
}

/** What `collect` gathered is of one type, which the view does not declare: the first element tells. */
function elementType(rows: Iterable<LiveRow>, place: number): FlatType | undefined {
  for (const row of rows) {
    const list = row[place]
    if (!Array.isArray(list) || list.length === 0) continue
    return typeof list[0] === 'number' ? 'number' : typeof list[0] === 'boolean' ? 'boolean' : 'text'
  }
  return undefined
}

function dataType({ type, element }: ArrowColumn): DataType {
  if (type !== 'list') return flatTypes[type]()
  return new List(new Field('item', element ? flatTypes[element]() : new Null(), true))
}

/** Unit and key go along as metadata of the field. */
function field(column: ArrowColumn): Field {
  const metadata = new Map<string, string>()
  if (column.unit !== undefined) metadata.set('unit', column.unit)
  if (column.key) metadata.set('key', 'true')
  return new Field(column.name, dataType(column), column.nullable, metadata)
}

function flatData(type: DataType, { length, nullCount, validity, values, offsets }: ArrowBuffers): Data {
  return makeData({ type: type as Utf8, length, nullCount, nullBitmap: validity, valueOffsets: offsets, data: values as Uint8Array })
}

/** Lists of one column: where each begins, and all elements behind one another. */
function listData(type: DataType, column: ArrowColumn, lists: readonly LiveRow[number][]): Data {
  const elements: LiveRow[number][] = []
  const valueOffsets = new Int32Array(lists.length + 1)
  for (let i = 0; i < lists.length; i++) {
    const list = lists[i]
    if (Array.isArray(list)) for (const element of list) elements.push(element)
    valueOffsets[i + 1] = elements.length
  }
  const itemType = (type as List).children[0]!.type as DataType
  const child = column.element
    ? flatData(itemType, arrowBuffers(column.element, column.name, elements))
    : makeData({ type: itemType as Null, length: 0 })
  const { nullCount, validity } = validityOf(lists)
  return makeData({ type: type as List, length: lists.length, nullCount, nullBitmap: validity, valueOffsets, child })
}

function columnData(type: DataType, column: ArrowColumn, values: readonly LiveRow[number][]): Data {
  return column.type === 'list' ? listData(type, column, values) : flatData(type, arrowBuffers(column.type, column.name, values))
}

/** What the writer wrote, taken away piece by piece. */
class Written extends AsyncByteQueue {
  #parts: Uint8Array[] = []

  override write(part: Uint8Array): void {
    this.#parts.push(part)
  }

  take(): Uint8Array {
    const parts = this.#parts
    this.#parts = []
    return Buffer.concat(parts)
  }
}

function* pieces({ job, view, columns, rows }: RowSet): Generator<Uint8Array> {
  const described = columns.map((column, place) => ({
    ...column,
    element: column.type === 'list' ? elementType(rows, place) : undefined,
  }))
  const schema = new Schema(described.map(field), new Map(Object.entries({ job, view })))
  const struct = new Struct(schema.fields)
  const written = new Written()
  const writer = new RecordBatchStreamWriter({ autoDestroy: false })
  writer.reset(written, schema)
  yield written.take()
  for (const batch of rowBatches(rows)) {
    const children = described.map((column, place) =>
      columnData(
        schema.fields[place]!.type,
        column,
        batch.map(row => row[place] ?? null),
      ),
    )
    writer.write(new RecordBatch(schema, makeData({ type: struct, length: batch.length, nullCount: 0, children })))
    yield written.take()
  }
  writer.finish()
  yield written.take()
}

/** An Arrow IPC stream: the schema, record batches of bounded size, the end-of-stream mark. */
export const arrowRows: RowFormat = { contentType: 'application/vnd.apache.arrow.stream', pieces }
