import { bodyKind } from './amqp-sections.js'
import { AmqpFault } from './amqp-value.js'
import { jsonText } from './json-text.js'
import type { MessageView } from './message-view.js'
import type { Problem } from './problem.js'
import { headerDefaults, headerKeys, propertyKeys } from './section-fields.js'

/** Keys to values, without a prototype. */
export type MessageMap = Readonly<Record<string, unknown>>

/**
 * A message as a converter sees it; each part is decoded when it is asked for, and is valid during the call only. AMQP
 * integers are numbers (bigint beyond ±2^53), timestamps Dates, binary Uint8Array, symbols, uuids and chars strings.
 */
export interface Message {
  readonly bodyKind: 'none' | 'data' | 'value' | 'sequence'
  /** Data and bare bytes: Uint8Array; amqp-value: its value; sequence: an array; none: undefined. */
  readonly body: unknown
  /** The body's octets: data, bare bytes, or an amqp-value that is a string or binary. Throws MR209 otherwise. */
  octets(): Uint8Array
  /** The body's octets as text: data, or an amqp-value that is a string or binary. Throws MR209, MR211 otherwise. */
  bodyText(): string
  /** The body's octets as JSON. Throws MR201 and the like, which reject the message with that code. */
  json(): unknown
  /** `properties['message-id']`, `subject`, …; only what is set. */
  readonly properties: MessageMap
  readonly applicationProperties: MessageMap
  readonly annotations: MessageMap
  /** With the standard's defaults where unset. */
  readonly header: MessageMap
  /** Which sections are present. */
  has(section: 'header' | 'properties' | 'applicationProperties' | 'annotations'): boolean
}

const kinds = ['none', 'data', 'value', 'sequence'] as const
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const none: MessageMap = Object.freeze(Object.create(null))

/** Thrown to a converter that asks for what a message does not have; caught behind it. */
export class MessageProblem extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.reason)
    this.problem = problem
  }
}

/** The lazy message over a view; one is reused for all messages. */
export class LazyMessage implements Message {
  private readonly view: MessageView

  constructor(view: MessageView) {
    this.view = view
  }

  get bodyKind(): Message['bodyKind'] {
    return this.view.amqp ? kinds[this.view.sections.body] : 'data'
  }

  get body(): unknown {
    const { view } = this
    const { sections } = view
    if (!view.amqp || sections.body === bodyKind.data) {
      view.octets()
      return view.bodyBytes.slice(view.bodyStart, view.bodyEnd)
    }
    if (sections.body === bodyKind.none) return undefined
    if (sections.body === bodyKind.value) return this.decode(sections.parts[0]!, sections.parts[1]!, 'body')
    const items: unknown[] = []
    for (let i = 0; i < sections.partCount; i++) {
      const part = this.decode(sections.parts[2 * i]!, sections.parts[2 * i + 1]!, 'body') as unknown[]
      for (const item of part) items.push(item)
    }
    return items
  }

  octets(): Uint8Array {
    const problem = this.view.octets()
    if (problem) throw new MessageProblem(problem)
    return this.view.bodyBytes.subarray(this.view.bodyStart, this.view.bodyEnd)
  }

  bodyText(): string {
    const octets = this.octets()
    try {
      return utf8.decode(octets)
    } catch {
      throw new MessageProblem({ code: 'MR211', reason: 'the body is not UTF-8', path: 'body' })
    }
  }

  json(): unknown {
    this.octets()
    const result = jsonText(this.view.bodyBytes, this.view.bodyStart, this.view.bodyEnd)
    if (result.problem) throw new MessageProblem(result.problem)
    return result.value
  }

  get properties(): MessageMap {
    return this.list('properties', propertyKeys)
  }

  get applicationProperties(): MessageMap {
    return this.map('applicationProperties')
  }

  get annotations(): MessageMap {
    return this.map('messageAnnotations')
  }

  get header(): MessageMap {
    return this.list('header', headerKeys, headerDefaults)
  }

  has(section: 'header' | 'properties' | 'applicationProperties' | 'annotations'): boolean {
    const { view } = this
    return view.amqp && view.sections[section === 'annotations' ? 'messageAnnotations' : section] >= 0
  }

  private map(section: 'applicationProperties' | 'messageAnnotations'): MessageMap {
    const at = this.view.amqp ? this.view.sections[section] : -1
    return at < 0 ? none : (this.decode(at, this.view.end, section) as MessageMap)
  }

  private list(section: 'header' | 'properties', keys: readonly string[], defaults: readonly unknown[] = []): MessageMap {
    const at = this.view.amqp ? this.view.sections[section] : -1
    const items = at < 0 ? [] : (this.decode(at, this.view.end, section) as unknown[])
    const entries: Record<string, unknown> = Object.create(null)
    keys.forEach((key, i) => {
      const value = items[i] ?? defaults[i]
      if (value !== undefined) entries[key] = value
    })
    return entries
  }

  private decode(at: number, end: number, path: string): unknown {
    const { view } = this
    try {
      return view.values.open(view.bytes, at, end).read()
    } catch (fault) {
      if (fault instanceof AmqpFault) throw new MessageProblem(view.faulty(fault, path))
      throw fault
    }
  }
}
