import { processSoon, type Receiver } from './rhea.js'

/** Told about each complete message of a link; the bytes are only valid during the call. */
export interface TransferHandler {
  /** @param id the delivery id (part 2 §2.7.5), a serial number of its session. */
  message(bytes: Uint8Array, id: number, settled: boolean): void
  /** A message larger than the limit: its bytes were dropped. It is the handler's to settle. */
  tooLarge(id: number, bytes: number, settled: boolean): void
}

interface Transfer {
  readonly handle: number
  readonly delivery_id: number | null | undefined
  readonly settled: boolean | null | undefined
  readonly more: boolean | null | undefined
  readonly aborted: boolean | null | undefined
}

interface SessionInternals {
  on_transfer(frame: { readonly performative: Transfer; readonly payload?: Buffer }): void
  readonly incoming: { next_transfer_id: number }
}

interface ReceiverInternals {
  credit: number
  delivery_count: number
}

const nothing = new Uint8Array(0)

/**
 * Takes over the transfers of a receiver that has a session of its own. rhea's way makes an object with five closures a
 * message, tracks each until it is settled, stalls at its buffer size, and hands out the torso of an aborted delivery as a
 * message; here only ids and bytes pass, and settling is `writeDisposition`'s. rhea keeps looking after windows and credit.
 *
 * Part 2 §2.7.5: "Aborted messages SHOULD be discarded by the recipient (any payload within the frame carrying the
 * performative MUST be ignored). An aborted message is implicitly settled."
 */
export function takeTransfers(receiver: Receiver, maxMessageBytes: number, handler: TransferHandler): void {
  const session = receiver.session as unknown as SessionInternals
  const link = receiver as unknown as ReceiverInternals
  let parts: Buffer[] = []
  let size = 0
  let id = 0
  let settled = false
  let incomplete = false
  session.on_transfer = frame => {
    const { performative, payload } = frame
    session.incoming.next_transfer_id++
    processSoon(receiver.connection)
    if (!incomplete) {
      id = performative.delivery_id ?? (id + 1) >>> 0
      settled = false
      size = 0
    }
    settled ||= performative.settled === true
    const more = performative.more === true
    const aborted = performative.aborted === true
    if (payload && !aborted) {
      size += payload.length
      if (size > maxMessageBytes) parts = []
      else if (more || incomplete) parts.push(payload)
    }
    incomplete = more && !aborted
    if (incomplete) return
    link.delivery_count = (link.delivery_count + 1) >>> 0
    if (link.credit > 0) link.credit--
    if (!aborted && size > maxMessageBytes) handler.tooLarge(id, size, settled)
    else if (!aborted) handler.message(parts.length > 0 ? Buffer.concat(parts) : (payload ?? nothing), id, settled)
    if (parts.length > 0) parts = []
  }
}
