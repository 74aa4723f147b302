import type { OutputBatch } from '../../src/connector/sink.js'

/** Rows `{ room, mean, at }` for a sink, with ids `r0 …`, and rooms as given. */
export function outputs(rooms: readonly (string | null)[], overrides: Partial<OutputBatch> = {}): OutputBatch {
  const ids = rooms.map((_, i) => `r${i}`)
  return {
    sink: 'alerts',
    length: rooms.length,
    schema: [
      { name: 'room', type: 'text', nullable: true },
      { name: 'mean', type: 'number', nullable: false },
      { name: 'at', type: 'timestamp', nullable: false },
    ],
    columns: {
      room: { type: 'text', form: 'plain', values: rooms },
      mean: { type: 'number', values: Float64Array.from(rooms, (_, i) => i + 0.5), nulls: undefined },
      at: { type: 'number', values: Float64Array.from(rooms, (_, i) => i * 1000), nulls: undefined },
    },
    computed: {},
    ids,
    keys: ids,
    removed: undefined,
    wall: 1_000,
    watermark: 0,
    ...overrides,
  }
}
