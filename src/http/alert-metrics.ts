import type { AlertBook } from '../alerts/alert-book.js'

/** `millrace_alerts{state,level}` as Prometheus text; zeros too, so that rules over it see alerts end. */
export function alertMetrics(book: AlertBook): string {
  const lines = ['# HELP millrace_alerts Alerts of the dashboards by state and level.', '# TYPE millrace_alerts gauge']
  for (const state of ['firing', 'pending', 'resolved']) {
    for (const level of ['critical', 'warning']) {
      const count = book.alerts().filter(alert => alert.state === state && alert.level === level).length
      lines.push(`millrace_alerts{state="${state}",level="${level}"} ${count}`)
    }
  }
  return `${lines.join('\n')}\n`
}
