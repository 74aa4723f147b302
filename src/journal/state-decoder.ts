import type { State } from '../model/state.js'
import { arrayOf } from './state-arrays.js'
import { dollar, headBytes, partKinds, setMember } from './state-format.js'

/**
 * The value that `encodeState` made these bytes of; typed arrays are copies.
 *
 * @throws SyntaxError or RangeError where they are no such bytes.
 */
export function decodeState(bytes: Uint8Array): State {
  const decoder = new Decoder(bytes)
  return decoder.root()
}

class Decoder {
  readonly #bytes: Uint8Array
  readonly #kinds: number[] = []
  readonly #starts: number[] = []
  readonly #ends: number[] = []

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    const heads = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    for (let at = 0; at < bytes.length; ) {
      if (at + headBytes > bytes.length) throw new RangeError('a part is torn')
      const end = at + headBytes + Number(heads.getBigUint64(at + 8, true))
      if (end > bytes.length) throw new RangeError('a part is longer than the state')
      this.#kinds.push(heads.getUint32(at, true))
      this.#starts.push(at + headBytes)
      this.#ends.push(end)
      at = Math.ceil(end / 8) * 8
    }
  }

  root(): State {
    const last = this.#kinds.length - 1
    if (this.#kinds[last] !== partKinds.root) throw new RangeError('the last part is missing')
    return this.#revived(this.#json(last)) as State
  }

  #part(index: number): Uint8Array {
    const start = this.#starts[index]
    if (start === undefined) throw new RangeError(`there is no part ${index}`)
    return this.#bytes.subarray(start, this.#ends[index])
  }

  #json(index: number): unknown {
    const { buffer, byteOffset, byteLength } = this.#part(index)
    return JSON.parse(Buffer.from(buffer, byteOffset, byteLength).toString())
  }

  /** What a value of JSON stands for; objects and lists are changed in place. */
  #revived(value: unknown): unknown {
    if (typeof value === 'string') return value.charCodeAt(0) === dollar ? this.#meant(value) : value
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) {
      for (let i = 0; i < value.length; i++) value[i] = this.#revived(value[i])
      return value
    }
    const members = value as Record<string, unknown>
    for (const key of Object.keys(members)) {
      const member = members[key]
      const meant = this.#revived(member)
      if (meant !== member) setMember(members, key, meant)
    }
    return members
  }

  #meant(text: string): unknown {
    switch (text[1]) {
      case '$':
        return text.slice(1)
      case '#': {
        const index = Number(text.slice(2))
        const array = arrayOf(this.#kinds[index] ?? 0, this.#part(index))
        if (!array) throw new RangeError(`part ${index} is no typed array`)
        return array
      }
      case '[':
        // Not spread into `push` or `concat` at once: a list may be longer than a call may have arguments.
        return partsOf(text).flatMap(index => this.#revived(this.#json(index)))
      case '{': {
        const whole = {}
        for (const index of partsOf(text)) {
          for (const [key, member] of Object.entries(this.#revived(this.#json(index)) as object)) setMember(whole, key, member)
        }
        return whole
      }
      default: {
        const number = Number(text.slice(1))
        if (Number.isNaN(number) && text !== '$NaN') throw new RangeError(`no state says ${text}`)
        return number
      }
    }
  }
}

const partsOf = (text: string): readonly number[] => text.slice(2).split(',').map(Number)
