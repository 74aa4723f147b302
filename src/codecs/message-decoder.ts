import type { Chunk } from '../model/chunk.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { Json } from '../model/json.js'
import type { Schema } from '../model/schema.js'
import type { Decoder, DecoderSpec, FieldUse } from './decoder.js'
import { MessageView } from './message-view.js'
import type { Verdict } from './problem.js'
import { RowWriter } from './row-writer.js'

/** Reads one message, already located, into row `rows.row`. */
export type MessageReader = (view: MessageView) => Verdict

/** A decoder that judges each message by itself, so that `firstOf` can try several. */
export interface MessageDecoderSpec<out T> extends DecoderSpec<T> {
  /** A reader that writes into `rows`. */
  reader(rows: RowWriter): MessageReader
}

/** Builds a decoder from its reader. */
export function messageDecoder<T>(parts: {
  readonly params: { readonly [key: string]: Json }
  readonly schema: Schema<T>
  readonly opaque?: boolean
  readonly reader: (rows: RowWriter) => MessageReader
}): MessageDecoderSpec<T> {
  const { params, schema, opaque = false, reader } = parts
  if (typeof schema?.fields !== 'object') throw new MillraceError('MR105', `${String(params['decoder'])}(…) was given no schema`)
  return {
    params,
    schema: schema as Schema<unknown>,
    opaque,
    reader,
    compile: (use: FieldUse): Decoder => {
      const rows = new RowWriter(schema as Schema<unknown>, use)
      const read = reader(rows)
      const view = new MessageView()
      // A function of its own: code that V8 makes amid the first loop knows nothing of what follows it, and would be
      // thrown away there at every chunk.
      const readAll = (chunk: Chunk, omit: Uint8Array | undefined): void => {
        for (let i = 0; i < chunk.length; i++) {
          if (omit?.[i] === 1) continue
          rows.close(i, view.open(chunk, i) ?? read(view))
        }
      }
      return {
        decode(chunk, omit) {
          rows.begin(chunk)
          readAll(chunk, omit)
          return rows.end()
        },
      }
    },
  }
}
