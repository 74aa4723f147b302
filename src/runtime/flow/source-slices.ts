import type { Plan } from '../../plan/plan.js'
import { cutsShow } from './cuts-show.js'
import { SlicePace } from './slice-pace.js'

/** Rows pushed at once; a longer chunk goes in slices. */
const longestPush = 4_096
/** Where the job's own JavaScript sees each row, which may take 50 ms from one row to the next. */
const longestOpaque = 128
/** The first slices where one length stands for a whole chunk: each of its rows may take 50 ms. */
const firstTold = 2

/** How the chunks of one source of a job are cut: decoded in pieces, pushed in slices. */
export class SourceSlices {
  readonly #show: boolean
  readonly #opaque: boolean
  /** Undefined: a chunk is decoded at once. */
  readonly #decoding: SlicePace | undefined
  readonly #pushing: SlicePace
  /** Of the entry at hand, where cuts show. */
  #told: number | undefined

  constructor(plan: Plan, isDecoderOpaque: boolean) {
    this.#show = cutsShow(plan)
    this.#opaque = plan.nodes.some(({ opaque, op }) => opaque || op === 'rx')
    const most = this.#opaque ? longestOpaque : longestPush
    const first = this.#show ? firstTold : undefined
    this.#decoding = isDecoderOpaque ? new SlicePace(most, first) : undefined
    this.#pushing = new SlicePace(most, first)
  }

  /**
   * What the journal is to keep with the next entry: rows of a slice, and messages of a piece. Undefined where results do not depend on
   * it, or where nothing makes it other than what an entry without it has.
   */
  get next(): number | undefined {
    return this.#show && this.#opaque ? Math.min(this.#pushing.size, this.#decoding?.size ?? longestPush) : undefined
  }

  /** An entry begins, with which the journal keeps so much. */
  begin(told: number | undefined): void {
    this.#told = told
  }

  /** Messages of the next piece. */
  get messages(): number {
    if (!this.#decoding) return Number.POSITIVE_INFINITY
    return this.#show ? (this.#told ?? Number.POSITIVE_INFINITY) : this.#decoding.size
  }

  /** Rows of the next slice. */
  get rows(): number {
    return this.#show ? (this.#told ?? longestPush) : this.#pushing.size
  }

  /** A piece had so many messages and took so many real ms. */
  decoded(messages: number, ms: number): void {
    this.#decoding?.took(messages, ms)
  }

  /** A slice had so many rows and took so many real ms. */
  pushed(rows: number, ms: number): void {
    this.#pushing.took(rows, ms)
  }
}
