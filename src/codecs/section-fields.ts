import type { FieldOrigin } from '../model/schema.js'
import { skipValue } from './amqp-skip.js'
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
interface Group {
  readonly section: SectionName
  readonly listed: boolean
  readonly members: readonly Member[]
  /** 1 for the members that the message has. */
  readonly seen: Uint8Array
  /** Any texts, under a key each: what `readTexts` may try. */
  readonly texts: boolean
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Reads the fields that come from other sections than the body, of any decoder. */
export class SectionFields {
  private readonly groups: Group[] = []

  constructor(checks: readonly FieldCheck[]) {
    for (const section of Object.keys(positions) as SectionName[]) {
      const members = checks.filter(check => check.spec.origin.section === section).map(member)
      if (members.length === 0) continue
      const listed = section === 'header' || section === 'properties'
      const keys = new Set(members.map(({ check }) => check.spec.origin.section !== 'body' && check.spec.origin.key))
      const texts = !listed && keys.size === members.length && members.every(({ check }) => isAnyText(check))
      this.groups.push({ section, listed, members, seen: new Uint8Array(members.length), texts })
    }
  }

  /** Writes the fields of one message into row `row`. */
  read(view: MessageView, row: number): Problem | undefined {
    for (let g = 0; g < this.groups.length; g++) {
      const group = this.groups[g]!
      const at = view.amqp ? view.sections[positions[group.section]] : -1
      if (group.texts && at >= 0 && readTexts(view.bytes, at, group, row)) continue
      for (let m = 0; m < group.seen.length; m++) group.seen[m] = 0
      let problem: Problem | undefined
      if (at >= 0) {
        try {
          problem = group.listed ? readList(view, at, group.members, group.seen, row) : readMap(view, at, group.members, group.seen, row)
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
    const at = reader.at
    if (view.bytes[at] === 0x40) {
      reader.skip()
      continue
    }
    for (; m < members.length; m++) {
      if (members[m]!.index !== i) continue
      seen[m] = 1
      reader.at = at
      const problem = readListed(view, members[m]!.check, row)
      if (problem) return problem
    }
  }
  reader.leave(end)
  return undefined
}

/** user-id is always binary; as a text field it is read as UTF-8. */
function readListed(view: MessageView, check: FieldCheck, row: number): Problem | undefined {
  const code = view.bytes[view.values.at]
  if (check.spec.type !== 'text' || (code !== 0xa0 && code !== 0xb0)) return readInto(view, check, row)
  return check.value(row, textOf(view.values.read() as Uint8Array))
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

/**
 * Reads the usual map: less than 256 bytes, keys as strings, each member there once, a string in ASCII. False for any
 * other: then `readMap` decides. The map is known to end within the message.
 */
function readTexts(bytes: Uint8Array, from: number, { members, seen }: Group, row: number): boolean {
  const end = from + 2 + bytes[from + 1]!
  const count = bytes[from + 2]!
  if (bytes[from] !== 0xc1 || count % 2 !== 0) return false
  for (let m = 0; m < members.length; m++) seen[m] = 0
  let found = 0
  let at = from + 3
  for (let i = 0; i < count; i += 2) {
    const key = at + 2
    if (key > end || bytes[at] !== 0xa1) return false
    at = key + bytes[at + 1]!
    if (at >= end) return false
    const m = memberOf(members, bytes, key, at)
    if (m < 0) {
      at = skipValue(bytes, at, end)
      if (at < 0) return false
      continue
    }
    const value = at + 2
    if (value > end || bytes[at] !== 0xa1 || seen[m] === 1) return false
    at = value + bytes[at + 1]!
    if (at > end || !isAscii(bytes, value, at)) return false
    seen[m] = 1
    found++
    members[m]!.check.store?.setBytes(row, bytes, value, at)
  }
  return at === end && found === members.length
}

function memberOf(members: readonly Member[], bytes: Uint8Array, start: number, end: number): number {
  for (let m = 0; m < members.length; m++) if (sameBytes(bytes, start, end, members[m]!.key)) return m
  return -1
}

const isAnyText = ({ spec }: FieldCheck): boolean => spec.type === 'text' && spec.values === undefined

/** The value at the view's reader into one field; plain texts without making a string. */
export function readInto(view: MessageView, check: FieldCheck, row: number): Problem | undefined {
  const { values: reader } = view
  if (isAnyText(check)) {
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
