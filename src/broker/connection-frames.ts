import { encodeValue } from '../amqp/amqp-writer.js'
import type { FrameWriter } from '../amqp/frame-writer.js'
import { FRAME_AMQP, FRAME_SASL, Performative } from '../amqp/frames.js'
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

/** The properties of our open: a map8 with a symbol as its key, part 2 §2.8.13. */
const product = encodeValue(out => {
  out.symbol('product')
  out.string('Millrace')
})
const PROPERTIES = Buffer.concat([Buffer.from([0xc1, product.length + 1, 2]), product])

export const writeOpen = (out: FrameWriter, options: { readonly containerId: string; readonly maxFrameSize: number }): void => {
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
  out.raw(PROPERTIES)
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
