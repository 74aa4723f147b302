import type { FrameReader } from '../amqp/frame-reader.js'
import type { FrameWriter } from '../amqp/frame-writer.js'
import { FRAME_AMQP, Performative } from '../amqp/frames.js'

/** The longest transfer performative that we write, its frame header included. */
export const TRANSFER_OVERHEAD = 64

/** Begins a transfer frame; payload and `end()` follow. */
export const beginTransfer = (
  out: FrameWriter,
  channel: number,
  handle: number,
  delivery: { readonly id: number; readonly format: number } | undefined,
  settled: boolean,
  more: boolean,
): void => {
  out.begin(FRAME_AMQP, channel)
  out.openList(Performative.transfer)
  out.uint(handle)
  if (delivery) {
    out.uint(delivery.id)
    out.tag(delivery.id)
    out.uint(delivery.format)
  } else {
    for (let i = 0; i < 3; i++) out.nil()
  }
  out.flag(settled)
  if (more) out.flag(true)
  out.closeList()
}

export const writeDisposition = (
  out: FrameWriter,
  channel: number,
  receiver: boolean,
  first: number,
  last: number,
  state: Buffer,
): void => {
  out.begin(FRAME_AMQP, channel)
  out.openList(Performative.disposition)
  out.flag(receiver)
  out.uint(first)
  out.uint(last)
  out.flag(true)
  out.raw(state)
  out.closeList()
  out.end()
}

export interface FlowState {
  readonly nextIncoming: number
  readonly nextOutgoing: number
  readonly window: number
}

export interface LinkFlow {
  readonly handle: number
  readonly deliveryCount: number
  readonly credit: number
  readonly drain: boolean
}

export const writeFlow = (out: FrameWriter, channel: number, session: FlowState, link: LinkFlow | undefined): void => {
  out.begin(FRAME_AMQP, channel)
  out.openList(Performative.flow)
  out.uint(session.nextIncoming)
  out.uint(session.window)
  out.uint(session.nextOutgoing)
  out.uint(session.window)
  if (link) {
    out.uint(link.handle)
    out.uint(link.deliveryCount)
    out.uint(link.credit)
    out.nil()
    out.flag(link.drain)
  }
  out.closeList()
  out.end()
}

export const writeDetach = (out: FrameWriter, channel: number, handle: number, closed: boolean, error: Buffer | undefined): void => {
  out.begin(FRAME_AMQP, channel)
  out.openList(Performative.detach)
  out.uint(handle)
  out.flag(closed)
  if (error) out.raw(error)
  out.closeList()
  out.end()
}

export interface PeerFlow {
  readonly nextIncoming: number
  readonly window: number
  readonly nextOutgoing: number | undefined
  readonly handle: number | undefined
  readonly deliveryCount: number | undefined
  readonly credit: number
  readonly drain: boolean
  readonly echo: boolean
}

/** The fields of a flow, part 2 §2.7.4, in their order; the descriptor is already read. */
export const readFlow = (reader: FrameReader): PeerFlow => {
  const nextIncoming = reader.uint() ?? 0
  const window = reader.uint() ?? 0
  const nextOutgoing = reader.uint()
  reader.uint()
  const handle = reader.uint()
  const deliveryCount = reader.uint()
  const credit = reader.uint() ?? 0
  reader.uint()
  return { nextIncoming, window, nextOutgoing, handle, deliveryCount, credit, drain: reader.flag(), echo: reader.flag() }
}
