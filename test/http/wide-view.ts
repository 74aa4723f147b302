import type { LiveRow } from '../../src/model/api.js'
import type { View } from '../../src/views/view.js'
import { climateView } from './climate-view.js'

const padding = '-'.repeat(2_000)

/** A view whose rows are wide, and which counts how many of them were taken from it. */
export interface WideView extends View {
  taken: number
  /** Fails when this row is taken. */
  failAt: number
}

/** A view of rows of more than 2 kB, so that an answer is larger than what the system takes in by itself. */
export function wideView(count: number): WideView {
  const view = climateView(count)
  const wide: WideView = {
    id: view.id,
    job: view.job,
    taken: 0,
    failAt: Number.POSITIVE_INFINITY,
    info: () => view.info(),
    apply: outputs => view.apply(outputs),
    query(query) {
      const { rows, ...rest } = view.query(query)
      const counted = function* (): Generator<LiveRow> {
        for (const [room, ...values] of rows) {
          if (wide.taken === wide.failAt) throw new Error('the row cannot be read')
          wide.taken++
          yield [`${room}${padding}`, ...values]
        }
      }
      return { ...rest, rows: { [Symbol.iterator]: counted } }
    },
    latest: last => view.latest(last),
    latestSeen: last => view.latestSeen(last),
    quiet: last => view.quiet(last),
    subscribe: listener => view.subscribe(listener),
    snapshot: () => view.snapshot(),
    restore: rows => view.restore(rows),
  }
  return wide
}
