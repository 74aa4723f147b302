import type { Graph } from '../../job/graph.js'
import type { TimeSource } from '../../model/seams.js'
import type { TapEvent } from '../../model/tap-event.js'
import { EdgeSample, samplePeriod } from './edge-sample.js'

/** Who looks at an edge. */
export interface TapReader {
  heard(event: TapEvent): void
  /** The job was restarted or has ended, as a sentence: nothing more is heard. */
  ended(reason: string): void
}

/** The taps of one job: what flows on an edge, as it passes, sampled; rows are seen before they are durable. */
export class Taps {
  readonly #real: TimeSource
  /** How to end each. */
  readonly #open = new Set<(reason: string) => void>()

  constructor(real: TimeSource) {
    this.#real = real
  }

  get count(): number {
    return this.#open.size
  }

  /** The result ends it, without a word to the reader. @throws MR470 */
  open(graph: Graph, from: string, to: string, reader: TapReader): () => void {
    const sample = new EdgeSample(from, to)
    const unsubscribe = graph.tap(from, to, batch => sample.take(batch))
    let cancel: () => void
    const look = (): void => {
      cancel = this.#real.after(samplePeriod, look)
      const event = sample.look()
      if (event) reader.heard(event)
    }
    cancel = this.#real.after(samplePeriod, look)
    const close = (): void => {
      cancel()
      unsubscribe()
      this.#open.delete(end)
    }
    const end = (reason: string): void => {
      close()
      reader.ended(reason)
    }
    this.#open.add(end)
    return close
  }

  /** The graph is given up. */
  end(reason: string): void {
    for (const end of [...this.#open]) end(reason)
  }
}
