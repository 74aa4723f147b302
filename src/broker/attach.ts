import { encodeValue } from '../amqp/amqp-writer.js'
import { type AmqpValue, Described, type FrameReader } from '../amqp/frame-reader.js'
import type { FrameWriter } from '../amqp/frame-writer.js'
import { FRAME_AMQP, Performative } from '../amqp/frames.js'
import { Refusal } from './refusal.js'

const SOURCE = 0x28
const TARGET = 0x29

/** One end of a link as the peer describes it, part 3 §3.5.3 and §3.5.4. */
export interface Terminus {
  readonly raw: Buffer
  readonly coordinator: boolean
  readonly address: string | undefined
  readonly durable: number
  readonly expiry: string
  readonly dynamic: boolean
  readonly filter: ReadonlyMap<AmqpValue, AmqpValue>
  readonly capabilities: readonly string[]
}

export interface Attach {
  readonly name: string
  readonly handle: number
  /** The peer receives. */
  readonly receives: boolean
  readonly senderSettleMode: number
  readonly source: Terminus | undefined
  readonly target: Terminus | undefined
  readonly initialDeliveryCount: number
}

const text = (value: AmqpValue | undefined): string | undefined => (typeof value === 'string' ? value : undefined)

const symbols = (value: AmqpValue | undefined): string[] => {
  const list: readonly AmqpValue[] = Array.isArray(value) ? value : value === undefined ? [] : [value]
  return list.filter((item): item is string => typeof item === 'string')
}

const readTerminus = (reader: FrameReader, wasSource: boolean): Terminus | undefined => {
  const before = reader.at
  const value = reader.field()
  if (!(value instanceof Described)) return undefined
  const raw = Buffer.from(reader.sliceFrom(before))
  const code = value.descriptor
  const coordinator = code === 0x30 || code === 'amqp:coordinator:list'
  const fields: readonly AmqpValue[] = Array.isArray(value.value) ? value.value : []
  const filter = wasSource ? fields[7] : undefined
  return {
    raw,
    coordinator,
    address: text(fields[0]),
    durable: typeof fields[1] === 'number' ? fields[1] : 0,
    expiry: text(fields[2]) ?? 'session-end',
    dynamic: fields[4] === true,
    filter: filter instanceof Map ? filter : new Map<AmqpValue, AmqpValue>(),
    capabilities: symbols(fields[wasSource ? 10 : 6]),
  }
}

/** Reads an attach whose descriptor is already read. */
export const readAttach = (reader: FrameReader): Attach => {
  const name = text(reader.field())
  const handle = reader.uint()
  const receives = reader.flag()
  if (name === undefined || handle === undefined) throw new Refusal('connection', 'amqp:decode-error', 'an attach without name or handle')
  const senderSettleMode = reader.uint() ?? 2
  reader.uint()
  const source = readTerminus(reader, true)
  const target = readTerminus(reader, false)
  reader.rawField()
  reader.flag()
  return { name, handle, receives, senderSettleMode, source, target, initialDeliveryCount: reader.uint() ?? 0 }
}

/** A terminus made here: address, and `dynamic` with the lifetime of its link. */
export const dynamicTerminus = (isSource: boolean, address: string): Buffer =>
  encodeValue(out => {
    out.openList(isSource ? SOURCE : TARGET)
    out.string(address)
    out.uint(0)
    out.nil()
    out.uint(0)
    out.flag(true)
    out.closeList()
  })

/** Without termini the reply is the first half of a refusal (part 2 §2.6.3); a detach with the error follows. */
export const writeAttach = (
  out: FrameWriter,
  channel: number,
  attach: Attach,
  termini: { readonly source: Buffer; readonly target: Buffer } | undefined,
  maxMessageSize: number,
): void => {
  out.begin(FRAME_AMQP, channel)
  out.openList(Performative.attach)
  out.string(attach.name)
  out.uint(attach.handle)
  out.flag(!attach.receives)
  out.ubyte(attach.senderSettleMode)
  out.ubyte(0)
  if (termini) {
    out.raw(termini.source)
    out.raw(termini.target)
  } else {
    out.nil()
    out.nil()
  }
  out.nil()
  out.nil()
  if (attach.receives) out.uint(0)
  else out.nil()
  out.ulong(maxMessageSize)
  out.closeList()
  out.end()
}
