import type { NodeMetrics } from '../../job/graph.js'

interface Seen {
  rows: number
  rowsAt: number
  watermark: number
  watermarkAt: number
}

/** When each node of a run last took or gave a row, and last raised its watermark; real monotonic ms. */
export class FlowWatch {
  readonly #nodes = new Map<string, Seen>()

  /** Takes what the counters say now. */
  look(at: number, metrics: ReadonlyMap<string, NodeMetrics>): void {
    for (const [id, { rowsIn, rowsOut, watermark }] of metrics) {
      const rows = rowsIn + rowsOut
      const seen = this.#nodes.get(id)
      if (!seen) {
        this.#nodes.set(id, { rows, rowsAt: at, watermark, watermarkAt: at })
        continue
      }
      if (rows !== seen.rows) Object.assign(seen, { rows, rowsAt: at })
      if (watermark !== seen.watermark) Object.assign(seen, { watermark, watermarkAt: at })
    }
  }

  /** When rows were last seen to pass; where none did, when the run began. Undefined: not looked at yet. */
  rowsAt(id: string): number | undefined {
    return this.#nodes.get(id)?.rowsAt
  }

  /** When its watermark was last seen to rise; where it did not, when the run began. Undefined: not looked at yet. */
  watermarkAt(id: string): number | undefined {
    return this.#nodes.get(id)?.watermarkAt
  }

  /** A run that began anew. */
  clear(): void {
    this.#nodes.clear()
  }
}
