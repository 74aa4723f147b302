/** A key of a view whose value is, or lately was, beyond a threshold of the job's dashboard. Evaluated on the server only. */
export interface Alert {
  /** The same for the same job, view, column, limit and key. */
  readonly id: string
  readonly job: string
  readonly view: string
  readonly column: string
  /** Key columns and their values; empty for a view without a key. */
  readonly key: Readonly<Record<string, number | string | boolean | null>>
  readonly level: 'warning' | 'critical'
  /** The limit passed. */
  readonly above?: number
  readonly below?: number
  readonly unit?: string
  readonly label?: string
  /** `pending`: beyond the limit, not yet for as long as the threshold asks. */
  readonly state: 'pending' | 'firing' | 'resolved'
  /** Event time of the first value beyond the limit; where rows have windows, the end of that window. */
  readonly since: number
  /** Event time of the first value within the limit again. */
  readonly until?: number
  /** The newest value, and the one farthest beyond the limit. */
  readonly value: number
  readonly worst: number
  /** When a person acknowledged it, on the job's clock. */
  readonly acknowledgedAt?: number
  /** `mote 1: 41.2 °C, above 30 °C since 14:03`; times in UTC. */
  readonly sentence: string
}
