import type { Outbox } from './outbox.js'

/** What the log says of outputs that no sink has acknowledged at a graceful stop. */
export function unsent({ lanes }: Outbox, fate: 'in the snapshot' | 'made again from the journal' | 'lost'): string {
  const rows = [...lanes.values()].reduce((sum, lane) => sum + lane.pendingRows, 0)
  return `${rows} rows were not acknowledged in time; they are ${fate}`
}
