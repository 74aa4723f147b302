import type { OutputBatch } from '../connector/sink.js'

/** The rows that the suite writes: `device`, `n`, `at` and `note`, and the place's own computed texts. */
export interface SuiteRow {
  readonly device: string
  readonly n: number
  /** A time, ms since the epoch. */
  readonly at: number
  readonly note: string | null
}

/** A batch of rows with ids `c<n>`, as the runtime hands them to a sink. */
export function suiteBatch(
  rows: readonly SuiteRow[],
  computed: (row: SuiteRow) => Readonly<Record<string, string | null>> = () => ({}),
): OutputBatch {
  const ids = rows.map(({ n }) => `c${n}`)
  const perRow = rows.map(computed)
  const names = [...new Set(perRow.flatMap(row => Object.keys(row)))]
  const texts = (values: readonly (string | null)[]) => ({ type: 'text', form: 'plain', values }) as const
  const numbers = (values: readonly number[]) => ({ type: 'number', values: Float64Array.from(values), nulls: undefined }) as const
  return {
    sink: 'under-test',
    length: rows.length,
    schema: [
      { name: 'device', type: 'text', nullable: false },
      { name: 'n', type: 'integer', nullable: false },
      { name: 'at', type: 'timestamp', nullable: false },
      { name: 'note', type: 'text', nullable: true },
    ],
    columns: {
      device: texts(rows.map(row => row.device)),
      n: numbers(rows.map(row => row.n)),
      at: numbers(rows.map(row => row.at)),
      note: texts(rows.map(row => row.note)),
    },
    computed: Object.fromEntries(names.map(name => [name, texts(perRow.map(row => row[name] ?? null))])),
    ids,
    keys: ids,
    removed: undefined,
    wall: 1_700_000_000_000,
    watermark: 0,
  }
}

/** `count` rows from `from` on. */
export const suiteRows = (count: number, from = 0): SuiteRow[] =>
  Array.from({ length: count }, (_, i) => ({
    device: `d${(from + i) % 7}`,
    n: from + i,
    at: 1_700_000_000_000 + (from + i) * 1_000,
    note: i % 3 === 0 ? null : 'fine',
  }))
