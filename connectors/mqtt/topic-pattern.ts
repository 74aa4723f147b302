/** One level of a filter: a literal, any one level, or all that follow; `name` where the job asked for it. */
interface Level {
  readonly kind: 'literal' | 'one' | 'rest'
  readonly bytes: Uint8Array
  readonly name: string | undefined
}

const utf8 = new TextEncoder()
const slash = 0x2f
const segmentName = /^[A-Za-z_][\w-]*$/
/** [MQTT-4.7.3-3]: topic names and filters are at most 65,535 bytes. */
const mostBytes = 65_535

/**
 * A topic filter whose `+` may carry a name, such as `sensors/+room/+device`: the broker is asked for `sensors/+/+`, and
 * the named levels of each message's topic become fields (`segment('room')`).
 */
export class TopicPattern {
  /** As it is sent to the broker. */
  readonly filter: string
  readonly names: readonly string[]
  /** Of name i, after a match: where its level lies in the topic's bytes. */
  readonly starts: Int32Array
  readonly ends: Int32Array
  readonly #levels: readonly Level[]

  /** @throws Error with what is wrong, as words that follow the option's name. */
  constructor(pattern: string) {
    this.#levels = pattern.split('/').map((text, i, all) => levelOf(text, i === all.length - 1, pattern))
    this.filter = this.#levels
      .map(({ kind, bytes }) => (kind === 'one' ? '+' : kind === 'rest' ? '#' : new TextDecoder().decode(bytes)))
      .join('/')
    if (pattern === '') throw new Error('is empty')
    if (pattern.includes('\0')) throw new Error('contains NUL, which no topic may')
    if (pattern.startsWith('$share/')) throw new Error("names a shared subscription; give `share: 'group'` and the topic alone")
    if (utf8.encode(this.filter).length > mostBytes) throw new Error(`is longer than ${mostBytes} bytes`)
    this.names = this.#levels.flatMap(({ name }) => name ?? [])
    const twice = this.names.find((name, i) => this.names.indexOf(name) !== i)
    if (twice !== undefined) throw new Error(`names two levels '${twice}'`)
    this.starts = new Int32Array(this.names.length)
    this.ends = new Int32Array(this.names.length)
  }

  /** Whether a topic matches (MQTT 3.1.1 §4.7, level by level); fills `starts` and `ends` then. */
  match(bytes: Uint8Array, start: number, end: number): boolean {
    const levels = this.#levels
    // [MQTT-4.7.2-1]: a leading wildcard does not match topics that begin with $.
    if (bytes[start] === 0x24 && start < end && levels[0]!.kind !== 'literal') return false
    let at = start
    let named = 0
    for (let i = 0; i < levels.length; i++) {
      const level = levels[i]!
      if (level.kind === 'rest') return true
      // `a/#` matches `a` as well: "the multi-level wildcard represents the parent and any number of child levels".
      if (at > end) return false
      let stop = at
      while (stop < end && bytes[stop] !== slash) stop++
      if (level.kind === 'literal' && !same(level.bytes, bytes, at, stop)) return false
      if (level.name !== undefined) {
        this.starts[named] = at
        this.ends[named++] = stop
      }
      at = stop + 1
    }
    return at > end
  }
}

function levelOf(text: string, last: boolean, pattern: string): Level {
  if (text === '#') {
    if (!last) throw new Error(`has '#' before its end in '${pattern}'`)
    return { kind: 'rest', bytes: new Uint8Array(0), name: undefined }
  }
  if (text === '+') return { kind: 'one', bytes: new Uint8Array(0), name: undefined }
  if (text.startsWith('+') && segmentName.test(text.slice(1))) return { kind: 'one', bytes: new Uint8Array(0), name: text.slice(1) }
  if (/[+#]/.test(text)) throw new Error(`has '${text}' as a level: '#' and '+' stand alone, or '+name' names a level`)
  return { kind: 'literal', bytes: utf8.encode(text), name: undefined }
}

function same(literal: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== literal.length) return false
  for (let i = 0; i < literal.length; i++) if (bytes[start + i] !== literal[i]) return false
  return true
}
