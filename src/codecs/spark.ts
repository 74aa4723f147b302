import { schema, text } from '../model/fields.js'
import type { RowOf } from '../model/schema.js'
import { AmqpUnsupported } from './amqp-unsupported.js'
import { AmqpDescribed } from './amqp-value.js'
import { conversion, emit, reject, skip } from './convert.js'
import type { Message, MessageMap } from './message.js'
import type { MessageDecoderSpec } from './message-decoder.js'

const Body = schema({ body: text() })
const JsonRow = schema({ json: text() })

/**
 * The body converter of the AMQP–Spark connector, as a text row: an amqp-value gives its value (a text as it is,
 * scalars in their string form, lists and maps as JSON); any other section, or none, gives nothing (skipped).
 *
 * @example
 * amqp({ address: 'telemetry', decode: sparkBody() })
 */
export function sparkBody(): MessageDecoderSpec<RowOf<typeof Body>> {
  return conversion(
    Body,
    message => {
      if (message.bodyKind !== 'value') return skip()
      const { body } = message
      if (body === null) return reject('the amqp-value is null')
      return emit({ body: typeof body === 'object' && !isScalar(body) ? JSON.stringify(body, plain) : stringForm(body) })
    },
    { decoder: 'spark-body' },
    false,
  )
}

/**
 * The JSON converter of the AMQP–Spark connector, as a text row: `properties` (messageId, to, subject, replyTo,
 * correlationId; each if set), `applicationProperties` and `messageAnnotations` (string forms; if the section is
 * present), `body` with `type` and `section` (data: Base64; a sequence: an empty object). What it threw at is mended:
 * a null property stays null, and an amqp-value may be of any type.
 *
 * @example
 * amqp({ address: 'telemetry', decode: sparkJson() })
 */
export function sparkJson(): MessageDecoderSpec<RowOf<typeof JsonRow>> {
  return conversion(JsonRow, message => emit({ json: JSON.stringify(sparkShape(message), plain) }), { decoder: 'spark-json' }, false)
}

const named = [
  ['messageId', 'message-id'],
  ['to', 'to'],
  ['subject', 'subject'],
  ['replyTo', 'reply-to'],
  ['correlationId', 'correlation-id'],
] as const

function sparkShape(message: Message): Readonly<Record<string, unknown>> {
  const { properties } = message
  const shape: Record<string, unknown> = {
    properties: Object.fromEntries(named.filter(([, key]) => key in properties).map(([name, key]) => [name, stringForm(properties[key])])),
  }
  if (message.has('applicationProperties')) shape['applicationProperties'] = stringForms(message.applicationProperties)
  if (message.has('annotations')) shape['messageAnnotations'] = stringForms(message.annotations)
  switch (message.bodyKind) {
    case 'value':
      shape['body'] = { type: 'amqpValue', section: message.body }
      break
    case 'data':
      shape['body'] = { type: 'data', section: message.body }
      break
    case 'sequence':
      shape['body'] = {}
  }
  return shape
}

/** Own keys without a prototype, so that `__proto__` is a key like any other. */
function stringForms(map: MessageMap): MessageMap {
  const forms: Record<string, unknown> = Object.create(null)
  for (const key in map) forms[key] = map[key] === null ? null : stringForm(map[key])
  return forms
}

const isScalar = (value: unknown): boolean => value instanceof Date || value instanceof Uint8Array || value instanceof AmqpUnsupported

function stringForm(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (value instanceof Date) return timeText(value)
  if (value instanceof AmqpUnsupported) return value.type
  return typeof value === 'object' ? JSON.stringify(value, plain) : String(value)
}

const timeText = (time: Date): string => (Number.isNaN(time.getTime()) ? 'Invalid Date' : time.toISOString())

/** What JSON cannot say: integers beyond 2^53 and non-finite numbers as text, binary as Base64, descriptors left out. */
function plain(this: unknown, key: string, value: unknown): unknown {
  // JSON.stringify has called toJSON already: the value itself is in the holder.
  const own = (this as Readonly<Record<string, unknown>>)[key]
  if (own instanceof Date) return timeText(own)
  if (typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value))) return String(value)
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (value instanceof AmqpUnsupported) return value.type
  if (value instanceof AmqpDescribed) return value.value
  return value
}
