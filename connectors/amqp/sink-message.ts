import type { EncodableValue } from '../../src/amqp/amqp-writer.js'
import { encodeMessage } from '../../src/amqp/encode-message.js'
import { outputRow } from '../../src/connector/output-row.js'
import type { OutputBatch } from '../../src/connector/sink.js'
import { valueAt } from '../../src/model/columns.js'

/** How rows of a sink become messages; texts that are computed per row are in the batch. */
export interface MessageForm {
  readonly address: string | undefined
  readonly subject: string | undefined
  readonly format: 'json' | 'value' | 'text'
  readonly durable: boolean
  /** Application properties: a fixed value, or the name of a computed column. */
  readonly properties: Readonly<Record<string, { readonly fixed: string | number | boolean } | { readonly computed: string }>>
}

/** Artemis drops a message whose value of this property it has seen lately. */
const duplicateId = '_AMQ_DUPL_ID'

/** The address of one row: fixed, computed, or null where the computation gave none. */
export function addressOf(form: MessageForm, outputs: OutputBatch, row: number): string | null {
  if (form.address !== undefined) return form.address
  const value = computed(outputs, 'address', row)
  return typeof value === 'string' && value !== '' ? value : null
}

/** Encodes one row: its fields, times as RFC 3339 (or AMQP timestamps in a map), a withdrawn row marked `removed`. */
export function encodeRow(form: MessageForm, outputs: OutputBatch, row: number, to: string): Uint8Array {
  const id = outputs.ids[row]!
  const applicationProperties: Record<string, string | number | boolean | null> = { [duplicateId]: id }
  for (const [name, property] of Object.entries(form.properties))
    applicationProperties[name] = 'fixed' in property ? property.fixed : scalar(computed(outputs, property.computed, row))
  const subject = form.subject ?? computed(outputs, 'subject', row)
  const message = {
    durable: form.durable,
    messageId: id,
    to,
    subject: typeof subject === 'string' ? subject : undefined,
    creationTime: Math.max(0, outputs.wall),
    applicationProperties,
  }
  if (form.format === 'value')
    return encodeMessage({
      ...message,
      body: { value: outputRow(outputs, row, ms => new Date(ms)) as { readonly [key: string]: EncodableValue } },
    })
  const text = JSON.stringify(outputRow(outputs, row))
  if (form.format === 'text') return encodeMessage({ ...message, body: { value: text } })
  return encodeMessage({ ...message, contentType: 'application/json', body: { data: text } })
}

const computed = (outputs: OutputBatch, name: string, row: number): unknown => {
  const column = outputs.computed[name]
  return column ? valueAt(column, row) : undefined
}

const scalar = (value: unknown): string | number | boolean | null =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null
