/** A line drawn where a value begins to matter. */
export interface Threshold {
  readonly above?: number
  readonly below?: number
  /** How long it must hold before it counts: `1m`. */
  readonly for?: string
  /** Amber for a warning; red for a critical one, which is meant where nothing is said. */
  readonly level?: 'warning' | 'critical'
  readonly label?: string
}

/**
 * Lines by key over time: `view.column`, with an optional band between two columns of the same view. There is one line
 * for each key of the view; `by` names its key column and is checked.
 */
export interface LinePanel {
  readonly kind: 'line'
  readonly view: string
  readonly column: string
  readonly band?: readonly [string, string]
  readonly by?: string
  readonly title?: string
  readonly note?: string
  readonly unit?: string
  readonly thresholds: readonly Threshold[]
}

/** One small chart a key, all on one scale. */
export interface MultiplesPanel {
  readonly kind: 'multiples'
  readonly view: string
  readonly column: string
  readonly by?: string
  readonly title?: string
  readonly unit?: string
}

/** Alerts: keys whose value passed a limit; without a limit each row of the view is beyond it. */
export interface AlertsPanel extends Threshold {
  readonly kind: 'alerts'
  readonly view: string
  readonly column: string
  readonly by?: string
  readonly title?: string
  readonly unit?: string
}

/** The graph of a job. */
export interface GraphPanel {
  readonly kind: 'graph'
  readonly job: string
}

export type Panel = LinePanel | MultiplesPanel | AlertsPanel | GraphPanel

/** What a page shows of a job, read from `dashboards/<job>.json` or derived from the job's views. */
export interface Dashboard {
  readonly title: string
  /** Ms shown at first; undefined: everything kept. */
  readonly range: number | undefined
  readonly panels: readonly Panel[]
}
