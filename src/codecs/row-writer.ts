import type { Chunk } from '../model/chunk.js'
import type { Column } from '../model/columns.js'
import { createDictionary } from '../model/dictionary.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { FieldSpec, Schema } from '../model/schema.js'
import { ColumnStore } from './column-store.js'
import type { Decoded, FieldUse, Rejection } from './decoder.js'
import { FieldCheck } from './field-check.js'
import { type Problem, skipped, type Verdict } from './problem.js'

/** Collects the rows of one chunk: readers write the fields of row `row`, then the message is closed with their verdict. */
export class RowWriter {
  /** The row under construction. */
  row = 0
  private readonly stores = new Map<string, ColumnStore>()
  private messages = new Int32Array(0)
  private rejected: Rejection[] = []
  private skippedCount = 0

  constructor(schema: Schema<unknown>, use: FieldUse) {
    for (const [name, spec] of fieldsOf(schema)) {
      if (!use.wanted.has(name)) continue
      const keyed = spec.type === 'text' && use.keyed.has(name)
      this.stores.set(name, new ColumnStore(spec.type, keyed ? (use.dictionary?.(name) ?? createDictionary()) : undefined))
    }
  }

  /** The checks of a schema's fields, bound to this writer's columns. */
  checks(schema: Schema<unknown>): FieldCheck[] {
    return fieldsOf(schema).map(([name, spec]) => {
      const store = this.stores.get(name)
      if (store && store.type !== spec.type) {
        throw new MillraceError('MR221', `the field \`${name}\` is a ${store.type} in one alternative and a ${spec.type} in another`)
      }
      return new FieldCheck(name, spec, store)
    })
  }

  begin(chunk: Chunk): void {
    this.row = 0
    this.rejected = []
    this.skippedCount = 0
    if (this.messages.length < chunk.length) this.messages = new Int32Array(Math.max(chunk.length, 2 * this.messages.length))
    for (const store of this.stores.values()) store.begin(chunk.length, chunk.bytes)
  }

  /** Closes message `message`: its row counts, or it is left out, or it is rejected. */
  close(message: number, verdict: Verdict): void {
    if (verdict === undefined) this.messages[this.row++] = message
    else if (verdict === skipped) this.skippedCount++
    else this.rejected.push({ ...verdict, message } satisfies Problem & { message: number })
  }

  end(): Decoded {
    const columns: Record<string, Column> = {}
    for (const [name, store] of this.stores) columns[name] = store.column()
    return { length: this.row, columns, messages: this.messages, rejected: this.rejected, skipped: this.skippedCount }
  }
}

/** The fields of a schema, in order. */
export const fieldsOf = (schema: Schema<unknown>): [string, FieldSpec][] => Object.entries(schema.fields as Record<string, FieldSpec>)
