import { encodeValue } from '../amqp/amqp-writer.js'
import type { FrameWriter } from '../amqp/frame-writer.js'
import { FRAME_AMQP, FRAME_SASL, Performative } from '../amqp/frames.js'
import { DUPLICATE_IDS } from './duplicate-ids.js'
import { encodeError } from './outcome.js'
import { CHANNEL_MAX, IDLE_MS } from './protocol-limits.js'

/** An array of symbols with one-byte lengths, part 1 §1.6.24. */
const symbolArray = (names: readonly string[]): Buffer => {
  const items = names.map(name => Buffer.concat([Buffer.from([name.length]), Buffer.from(name, 'latin1')]))
  const body = Buffer.concat([Buffer.from([names.length, 0xa3]), ...items])
  return Buffer.concat([Buffer.from([0xe0, body.length]), body])
}

export const saslMechanisms = (out: FrameWriter, mechanisms: readonly string[]): void => {
  out.begin(FRAME_SASL, 0)
  out.openList(Performative.saslMechanisms)
  out.raw(symbolArray(mechanisms))
  out.closeList()
  out.end()
}

/** 0 ok, 1 wrong credentials; part 5 §5.3.3.6. */
export const saslOutcome = (out: FrameWriter, code: number): void => {
  out.begin(FRAME_SASL, 0)
  out.openList(Performative.saslOutcome)
  out.ubyte(code)
  out.closeList()
  out.end()
}

/**
 * The properties of our open, a map8 with symbols as keys, part 2 §2.8.13: `product` and `version`; `duplicate-ids`, how many
 * ids of `_AMQ_DUPL_ID` an address remembers; `durable`, whether durable messages and their ids survive a restart.
 */
export const openProperties = (version: string | undefined, durable: boolean): Buffer => {
  const pairs = encodeValue(out => {
    out.symbol('product')
    out.string('Millrace')
    if (version !== undefined) {
      out.symbol('version')
      out.string(version)
    }
    out.symbol('duplicate-ids')
    out.uint(DUPLICATE_IDS)
    out.symbol('durable')
    out.flag(durable)
  })
  return Buffer.concat([Buffer.from([0xc1, pairs.length + 1, version === undefined ? 6 : 8]), pairs])
}

export interface OpenFields {
  readonly containerId: string
  readonly maxFrameSize: number
  readonly properties: Buffer
}

export const writeOpen = (out: FrameWriter, options: OpenFields): void => {
  out.begin(FRAME_AMQP, 0)
  out.openList(Performative.open)
  out.string(options.containerId)
  out.nil()
  out.uint(options.maxFrameSize)
  out.ushort(CHANNEL_MAX)
  out.uint(IDLE_MS / 2)
  out.nil()
  out.nil()
  out.raw(symbolArray(['ANONYMOUS-RELAY', 'SHARED-SUBS']))
  out.nil()
  out.raw(options.properties)
  out.closeList()
  out.end()
}

export const writeBegin = (out: FrameWriter, channel: number, window: number, handleMax: number): void => {
  out.begin(FRAME_AMQP, channel)
  out.openList(Performative.begin)
  out.ushort(channel)
  out.uint(0)
  out.uint(window)
  out.uint(window)
  out.uint(handleMax)
  out.closeList()
  out.end()
}

export const endFrame = (out: FrameWriter, channel: number, condition: string | undefined, description: string | undefined): void => {
  out.begin(FRAME_AMQP, channel)
  out.openList(Performative.end)
  if (condition !== undefined) out.raw(encodeError(condition, description ?? ''))
  out.closeList()
  out.end()
}

export const closeFrame = (out: FrameWriter, condition: string | undefined, description: string | undefined): void => {
  out.begin(FRAME_AMQP, 0)
  out.openList(Performative.close)
  if (condition !== undefined) out.raw(encodeError(condition, description ?? ''))
  out.closeList()
  out.end()
}
