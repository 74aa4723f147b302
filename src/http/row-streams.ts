import { Readable } from 'node:stream'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { TimeSource } from '../model/seams.js'
import { yieldTurn } from '../runtime/flow/yield-turn.js'

type Piece = string | Uint8Array

const mostStreams = 32
/** Ms after which a reader that takes nothing is cut off. */
const patienceMs = 30_000

/** Long answers on their way: bounded in number, and each ended when its reader stands still or leaves. */
export class RowStreams {
  #time: TimeSource
  #open = new Set<Readable>()
  /** Answers cut off because nobody read on. */
  stalled = 0

  constructor(time: TimeSource) {
    this.#time = time
  }

  get size(): number {
    return this.#open.size
  }

  /**
   * A stream of the pieces made `ahead` and of the rest; each of these is made when the one before was taken.
   *
   * @throws MR513 when as many answers stream as the server allows.
   */
  open(ahead: readonly Piece[], rest: Iterator<Piece>): Readable {
    if (this.#open.size >= mostStreams) throw new MillraceError('MR513', `${this.#open.size} answers are being streamed`)
    const made = [...ahead]
    let taken = 0
    const stream = new Readable({
      highWaterMark: 256 * 1024,
      read: () => {
        taken++
        // As long as the system takes what is written, Node goes on in the same turn: without this, an answer of
        // seconds would hold up jobs and everyone else for so long.
        void yieldTurn().then(() => {
          if (stream.destroyed) return
          try {
            const piece = made.shift() ?? rest.next().value
            stream.push(piece ?? null)
          } catch (error) {
            stream.destroy(error instanceof Error ? error : new Error(String(error)))
          }
        })
      },
    })
    this.#open.add(stream)
    let seen = -1
    const watch = (): void => {
      if (taken === seen) {
        this.stalled++
        stream.destroy(new Error('the reader took nothing for 30 s'))
        return
      }
      seen = taken
      cancel = this.#time.after(patienceMs, watch)
    }
    let cancel = this.#time.after(patienceMs, watch)
    stream.on('close', () => {
      cancel()
      this.#open.delete(stream)
    })
    return stream
  }

  /** Ends all of them, as failed: their readers see that they are not whole. */
  close(): void {
    for (const stream of this.#open) stream.destroy(new Error('the server stops'))
  }
}
