import type { FieldOrigin } from '../model/schema.js'
import type { FieldCheck } from './field-check.js'
import { isAscii } from './is-ascii.js'
import type { MessageView } from './message-view.js'
import type { Problem } from './problem.js'
import { sameBytes } from './same-bytes.js'

/** Part 3 §3.2.1: the fields of the header, in order. */
export const headerKeys = ['durable', 'priority', 'ttl', 'first-acquirer', 'delivery-count'] as const

/** Part 3 §3.2.4: the fields of the properties, in order. */
export const propertyKeys = [
  'message-id',
  'user-id',
  'to',
  'subject',
  'reply-to',
  'correlation-id',
  'content-type',
  'content-encoding',
  'absolute-expiry-time',
  'creation-time',
  'group-id',
  'group-sequence',
  'reply-to-group-id',
] as const

/** §3.2.1: "If the header section is omitted the receiver MUST assume the appropriate default values". */
export const headerDefaults = [false, 4, undefined, false, 0] as const

const positions = {
  header: 'header',
  properties: 'properties',
  'application-properties': 'applicationProperties',
  'message-annotations': 'messageAnnotations',
  'delivery-annotations': 'deliveryAnnotations',
} as const

type SectionName = keyof typeof positions
type Member = { readonly check: FieldCheck; readonly index: number; readonly key: Uint8Array }

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Reads the fields that come from other sections than the body, of any decoder. */
export class SectionFields {
  private readonly groups: { readonly section: SectionName; readonly members: readonly Member[]; readonly seen: Uint8Array }[] = []

  constructor(checks: readonly FieldCheck[]) {
    for (const section of Object.keys(positions) as SectionName[]) {
      const members = checks.filter(check => check.spec.origin.section === section).map(member)
      if (members.length > 0) this.groups.push({ section, members, seen: new Uint8Array(members.length) })
    }
  }

  /** Writes the fields of one message into row `row`. */
  read(view: MessageView, row: number): Problem | undefined {
    for (const group of this.groups) {
      const at = view.amqp ? view.sections[positions[group.section]] : -1
      group.seen.fill(0)
      let problem: Problem | undefined
      if (at >= 0) {
        try {
          const listed = group.section === 'header' || group.section === 'properties'
          problem = listed ? readList(view, at, group.members, group.seen, row) : readMap(view, at, group.members, group.seen, row)
        } catch (fault) {
          return view.faulty(fault, group.section)
        }
      }
      for (let m = 0; !problem && m < group.members.length; m++) {
        if (group.seen[m]) continue
        const { check, index } = group.members[m]!
        problem = group.section === 'header' ? check.value(row, headerDefaults[index]) : check.missing(row)
      }
      if (problem) return problem
    }
    return undefined
  }
}

function member(check: FieldCheck): Member {
  const origin = check.spec.origin as Exclude<FieldOrigin, { section: 'body' }>
  const keys: readonly string[] = origin.section === 'header' ? headerKeys : propertyKeys
  return { check, index: keys.indexOf(origin.key), key: new TextEncoder().encode(origin.key) }
}

function readList(view: MessageView, at: number, members: readonly Member[], seen: Uint8Array, row: number): Problem | undefined {
  const reader = view.reader(at)
  const count = reader.enter()
  const end = reader.compoundEnd
  for (let i = 0; i < count; i++) {
    let m = 0
    while (m < members.length && members[m]!.index !== i) m++
    if (m === members.length) {
      reader.skip()
      continue
    }
    const { check } = members[m]!
    let value = reader.read()
    if (value === null) continue
    // user-id is always binary; as a text field it is read as UTF-8.
    if (value instanceof Uint8Array && check.spec.type === 'text') value = textOf(value)
    seen[m] = 1
    const problem = check.value(row, value)
    if (problem) return problem
    for (let n = m + 1; n < members.length; n++) {
      if (members[n]!.index !== i) continue
      seen[n] = 1
      const other = members[n]!.check.value(row, value)
      if (other) return other
    }
  }
  reader.leave(end)
  return undefined
}

function textOf(bytes: Uint8Array): unknown {
  try {
    return utf8.decode(bytes)
  } catch {
    return bytes
  }
}

function readMap(view: MessageView, at: number, members: readonly Member[], seen: Uint8Array, row: number): Problem | undefined {
  const reader = view.reader(at)
  const count = reader.enter()
  const end = reader.compoundEnd
  for (let i = 0; i + 1 < count; i += 2) {
    const start = reader.textStart()
    if (start < 0) {
      reader.skip()
      reader.skip()
      continue
    }
    const keyEnd = reader.at
    let read = false
    for (let m = 0; m < members.length; m++) {
      const { check, key } = members[m]!
      if (!sameBytes(view.bytes, start, keyEnd, key)) continue
      if (seen[m]) return check.problem('MR215', `\`${check.path}\` is given twice`)
      seen[m] = 1
      reader.at = keyEnd
      read = true
      const problem = readInto(view, check, row)
      if (problem) return problem
    }
    if (!read) reader.skip()
  }
  reader.leave(end)
  return undefined
}

/** The value at the view's reader into one field; plain texts without making a string. */
export function readInto(view: MessageView, check: FieldCheck, row: number): Problem | undefined {
  const { values: reader } = view
  if (check.spec.type === 'text' && check.spec.values === undefined) {
    const before = reader.at
    const start = reader.textStart()
    if (start >= 0 && isAscii(view.bytes, start, reader.at)) {
      check.store?.setBytes(row, view.bytes, start, reader.at)
      return undefined
    }
    reader.at = before
  }
  return check.value(row, reader.read())
}
