import type { RandomSource } from '../../src/model/seams.js'

/** Repeatable randomness (sfc32): equal seeds and names, equal sequences. */
export class SeededRandom implements RandomSource {
  #a: number
  #b: number
  #c: number
  #counter = 1

  constructor(seed: number, name = '') {
    let hash = 0x811c9dc5
    for (const char of `${seed}/${name}`) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193)
    this.#a = hash
    this.#b = seed | 0
    this.#c = Math.imul(hash, 0x9e3779b1)
    for (let i = 0; i < 12; i++) this.next()
  }

  next(): number {
    const sum = (this.#a + this.#b + this.#counter++) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (this.#c << 21) | (this.#c >>> 11)
    this.#c = (this.#c + sum) | 0
    return (sum >>> 0) / 2 ** 32
  }

  hex(length: number): string {
    let digits = ''
    while (digits.length < length) digits += Math.floor(this.next() * 16).toString(16)
    return digits
  }

  /** A whole number from `least` to `most`, both included. */
  int(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1))
  }

  /** Uniform between the two. */
  between(least: number, most: number): number {
    return least + this.next() * (most - least)
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.next() * from.length)]!
  }
}
