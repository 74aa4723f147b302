import type { Problem } from './problem.js'

const quote = 0x22

/** Where the cells of one record lie; reused. */
export class CsvCells {
  readonly starts: number[] = []
  readonly ends: number[] = []
  /** 0 bare, 1 quoted, 2 quoted with quotes inside. */
  readonly quoted: number[] = []
  count = 0
  private readonly expected: number
  private readonly delimiter: number

  /**
   * @param delimiter the byte between cells.
   * @param expected cells a record; 0: any number.
   */
  constructor(delimiter: number, expected: number) {
    this.delimiter = delimiter
    this.expected = expected
  }

  split(bytes: Uint8Array, start: number, end: number): Problem | undefined {
    const { delimiter, expected } = this
    this.count = 0
    for (let at = start; ; at++) {
      const c = this.count++
      if (expected > 0 && c >= expected) return this.wrongCount(bytes, at, end)
      this.quoted[c] = 0
      if (bytes[at] === quote && at < end) {
        this.quoted[c] = 1
        this.starts[c] = ++at
        for (; ; at++) {
          if (at >= end) return stray('a quote is never closed', this.starts[c]! - 1 - start)
          if (bytes[at] !== quote) continue
          if (at + 1 >= end || bytes[at + 1] !== quote) break
          this.quoted[c] = 2
          at++
        }
        this.ends[c] = at++
        if (at < end && bytes[at] !== delimiter) return stray('text follows a closed quote', at - start)
      } else {
        this.starts[c] = at
        for (; at < end && bytes[at] !== delimiter; at++)
          if (bytes[at] === quote) return stray('a quote stands inside a bare cell', at - start)
        this.ends[c] = at
      }
      if (at >= end) break
    }
    return expected > 0 && this.count !== expected ? this.problem(this.count) : undefined
  }

  private wrongCount(bytes: Uint8Array, at: number, end: number): Problem {
    let more = 1
    for (let i = at; i < end; i++) if (bytes[i] === this.delimiter) more++
    return this.problem(this.expected + more)
  }

  private problem(count: number): Problem {
    return { code: 'MR219', reason: `the line has ${count} ${count === 1 ? 'cell' : 'cells'}, the header ${this.expected}` }
  }
}

const stray = (what: string, offset: number): Problem => ({ code: 'MR219', reason: `${what} (RFC 4180)`, offset })
