import rhea from 'rhea'
import { lazyDecoder } from './lazy-message.js'
import type { AmqpError, Container, EncodedOutcome, LazyMessage, Receiver, Session, Terminus } from './rhea-types.js'

/** What rhea 3.0.5 has and its typings lack or leave `any`. This file is the only one that imports rhea; its version is pinned. */
interface Composite {
  create(fields: object): { described(): EncodedOutcome }
}
interface RheaInternals {
  create_container(options: { readonly id?: string }): Container
  generate_uuid(): string
  readonly message: {
    decode: (bytes: Buffer) => LazyMessage
    accepted(): { described(): EncodedOutcome }
    released(): { described(): EncodedOutcome }
    rejected(fields: object): { described(): EncodedOutcome }
    modified(fields: object): { described(): EncodedOutcome }
  }
  readonly types: {
    define_composite(definition: object): Composite
  }
  readonly filter: { selector(text: string): Readonly<Record<string, unknown>> }
}

const internals = rhea as unknown as RheaInternals
const original = internals.message.decode
// Once per process, for connector and node alike: rhea calls `message.decode` for every delivery of format 0.
internals.message.decode = lazyDecoder(bytes => original(bytes) as unknown as Readonly<Record<string, unknown>>)

/** Part 3 §3.4, encoded for `Delivery.update` and `writeDisposition`. */
export const outcomes = {
  accepted: (): EncodedOutcome => internals.message.accepted().described(),
  released: (): EncodedOutcome => internals.message.released().described(),
  rejected: (error?: AmqpError): EncodedOutcome => internals.message.rejected(error ? { error } : {}).described(),
  modified: (fields: { readonly delivery_failed?: boolean; readonly undeliverable_here?: boolean }): EncodedOutcome =>
    internals.message.modified(fields).described(),
} as const

// Part 2 §2.7.6. rhea keeps its own constructor to itself.
const disposition = internals.types.define_composite({
  name: 'disposition',
  code: 0x15,
  fields: [
    { name: 'role', type: 'boolean', mandatory: true },
    { name: 'first', type: 'uint', mandatory: true },
    { name: 'last', type: 'uint' },
    { name: 'settled', type: 'boolean', default_value: false },
    { name: 'state', type: '*' },
    { name: 'batchable', type: 'boolean', default_value: false },
  ],
})

/**
 * Sends one disposition frame of a receiver for the deliveries `first … last` (serial numbers, both included) of a
 * session, settled. rhea's own merging of outcomes given in one turn of the event loop is wrong for mixed kinds; frames
 * written here are right for any mix. Deliveries that rhea tracks must be marked `settled` by the caller.
 */
export function writeDisposition(session: Session, first: number, last: number, outcome: EncodedOutcome): void {
  const raw = session as unknown as { output(performative: object): void }
  raw.output(disposition.create({ role: true, first: first >>> 0, last: last >>> 0, settled: true, state: outcome }))
}

/** Whether the peer's attach has this terminus; rhea gives a null one as an object, too. */
export const isGiven = (terminus: Terminus | null | undefined): boolean => Array.isArray(terminus?.value)

/** Lets rhea look after its endpoints on the next tick: windows are updated, pending frames written. */
export function processSoon(connection: object): void {
  ;(connection as { _register(): void })._register()
}

/** Takes back what credit a receiver's peer has left: a flow with none. */
export function withdrawCredit(receiver: Receiver): void {
  const raw = receiver as unknown as { credit: number; issue_flow: boolean }
  raw.credit = 0
  raw.issue_flow = true
  processSoon(receiver.connection)
}

/** Decodes a message (part 3 §3.2) lazily, as rhea hands it to receivers. */
export const decodeMessage = (bytes: Uint8Array): LazyMessage => internals.message.decode(Buffer.from(bytes))

/** The `jms-selector` filter of a source (`apache.org:selector-filter:string`). */
export const selectorFilter = (text: string): Readonly<Record<string, unknown>> => internals.filter.selector(text)

/**
 * A container of its own, apart from rhea's global one. Errors that no link, session or connection listens for reach
 * `onError`; without a listener they would end the process.
 */
export function createContainer(options: { readonly id?: string; readonly onError: (error: Error) => void }): Container {
  const container = internals.create_container(options.id === undefined ? {} : { id: options.id })
  const listen = container as unknown as { on(event: 'error', listener: (error: Error) => void): void }
  listen.on('error', options.onError)
  return container
}

export type * from './rhea-types.js'
