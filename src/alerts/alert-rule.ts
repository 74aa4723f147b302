import type { Dashboard, Threshold } from '../dashboard/dashboard.js'
import { type Duration, durationMs } from '../model/duration.js'

/** A limit on a column of a view, for each key of the view. */
export interface AlertRule {
  readonly view: string
  readonly column: string
  /** A column that tells keys apart beside the view's own key columns. */
  readonly by?: string
  /** Beyond the limit is above `above` or below `below`; where neither is given, every row is. */
  readonly above?: number
  readonly below?: number
  /** Ms of event time for which it must hold. */
  readonly forMs: number
  readonly level: 'warning' | 'critical'
  readonly unit?: string
  readonly label?: string
}

/** Limits of one dashboard that are evaluated: more are not drawn apart by eye either. */
export const mostRules = 200

/**
 * The limits of a dashboard: the thresholds of its lines and its panels of alerts, each once.
 *
 * @example
 * rulesOf(dashboard) // [{ view: 'climate', column: 'mean', above: 28, forMs: 60000, level: 'warning', unit: '°C' }]
 */
export function rulesOf(dashboard: Dashboard): readonly AlertRule[] {
  const rules = new Map<string, AlertRule>()
  for (const panel of dashboard.panels) {
    const limits: readonly Threshold[] = panel.kind === 'line' ? panel.thresholds : panel.kind === 'alerts' ? [panel] : []
    if (panel.kind !== 'line' && panel.kind !== 'alerts') continue
    for (const limit of limits) {
      const rule = ruleOf(panel, limit)
      const id = ruleId(rule)
      if (!rules.has(id) && rules.size < mostRules) rules.set(id, rule)
    }
  }
  return [...rules.values()]
}

/** What makes a rule another one: words do not. */
export const ruleId = ({ view, column, by, above, below, forMs, level }: AlertRule): string =>
  JSON.stringify([view, column, by ?? null, above ?? null, below ?? null, forMs, level])

interface Place {
  readonly view: string
  readonly column: string
  readonly by?: string
  readonly unit?: string
}

const ruleOf = ({ view, column, by, unit }: Place, limit: Threshold): AlertRule => ({
  view,
  column,
  ...(by !== undefined && { by }),
  ...(limit.above !== undefined && { above: limit.above }),
  ...(limit.below !== undefined && { below: limit.below }),
  forMs: limit.for === undefined ? 0 : durationMs(limit.for as Duration),
  level: limit.level ?? 'critical',
  ...(unit !== undefined && { unit }),
  ...(limit.label !== undefined && { label: limit.label }),
})
