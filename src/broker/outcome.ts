import { encodeValue } from '../amqp/amqp-writer.js'
import type { AmqpValue } from '../amqp/frame-reader.js'
import { Described } from '../amqp/frame-reader.js'

/** How a delivery ended, part 3 §3.4. `state` is the peer's own encoding, passed through for direct links. */
export interface DeliveryOutcome {
  readonly kind: 'accepted' | 'rejected' | 'released' | 'modified'
  readonly deliveryFailed: boolean
  readonly undeliverableHere: boolean
  readonly state: Buffer
}

const described = (code: number): Buffer => Buffer.from([0x00, 0x53, code, 0x45])

export const ACCEPTED: DeliveryOutcome = { kind: 'accepted', deliveryFailed: false, undeliverableHere: false, state: described(0x24) }
export const RELEASED: DeliveryOutcome = { kind: 'released', deliveryFailed: false, undeliverableHere: false, state: described(0x26) }

/** In doubt: it was handed over, and its receiver went away. */
export const MODIFIED: DeliveryOutcome = {
  kind: 'modified',
  deliveryFailed: true,
  undeliverableHere: false,
  state: Buffer.from([0x00, 0x53, 0x27, 0xc0, 0x02, 0x01, 0x41]),
}

/** Rejected by the node, with the reason. */
export const rejected = (condition: string, description: string): DeliveryOutcome => ({
  kind: 'rejected',
  deliveryFailed: false,
  undeliverableHere: false,
  state: encodeValue(out => {
    out.openList(0x25)
    out.raw(encodeError(condition, description))
    out.closeList()
  }),
})

/** The error type of part 2 §2.8.14. */
export const encodeError = (condition: string, description: string): Buffer =>
  encodeValue(out => {
    out.openList(0x1d)
    out.symbol(condition)
    out.string(description)
    out.closeList()
  })

const KINDS: Readonly<Record<string, DeliveryOutcome['kind']>> = {
  '36': 'accepted',
  '37': 'rejected',
  '38': 'released',
  '39': 'modified',
  'amqp:accepted:list': 'accepted',
  'amqp:rejected:list': 'rejected',
  'amqp:released:list': 'released',
  'amqp:modified:list': 'modified',
}

/** The outcome in a delivery state, or undefined when the state is not terminal (`received`) or unknown. */
export const readOutcome = (raw: Buffer, value: AmqpValue | undefined): DeliveryOutcome | undefined => {
  if (!(value instanceof Described)) return undefined
  const kind = KINDS[String(value.descriptor)]
  if (kind === undefined) return undefined
  if (kind === 'accepted') return ACCEPTED
  if (kind === 'released') return RELEASED
  const fields = Array.isArray(value.value) ? value.value : []
  const modified = kind === 'modified'
  return {
    kind,
    deliveryFailed: modified && fields[0] === true,
    undeliverableHere: modified && fields[1] === true,
    state: Buffer.from(raw),
  }
}
