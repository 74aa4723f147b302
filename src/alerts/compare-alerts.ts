import type { Alert } from '../model/alert.js'

const states = ['firing', 'pending', 'resolved']
const levels = ['critical', 'warning']

/** What needs a person first: firing before pending before resolved, critical before warning, then the newest. */
export const compareAlerts = (a: Alert, b: Alert): number =>
  states.indexOf(a.state) - states.indexOf(b.state) ||
  levels.indexOf(a.level) - levels.indexOf(b.level) ||
  (b.until ?? b.since) - (a.until ?? a.since) ||
  (a.id < b.id ? -1 : Number(a.id > b.id))
