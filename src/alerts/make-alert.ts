import type { Alert } from '../model/alert.js'
import { alertSentence } from './alert-sentence.js'
import type { Episode } from './alert-track.js'
import type { Tracked } from './track-table.js'

/** What is told of a key in an episode; the unit is the rule's, else the column's. */
export function makeAlert({ id, view, rule, key }: Tracked, episode: Episode, now: number, acknowledgedAt: number | undefined): Alert {
  const { above, below, level, label, column } = rule
  const unit = rule.unit ?? view.unit(column)
  const alert = {
    id,
    job: view.view.job,
    view: rule.view,
    column,
    key,
    level,
    ...(above !== undefined && { above }),
    ...(below !== undefined && { below }),
    ...(unit !== undefined && { unit }),
    ...(label !== undefined && { label }),
    ...episode,
    ...(acknowledgedAt !== undefined && { acknowledgedAt }),
  }
  return { ...alert, sentence: alertSentence(alert, now) }
}
