import { MillraceError } from '../model/errors/millrace-error.js'
import { nearest } from '../model/nearest.js'
import type { View } from '../views/view.js'

/** The name of each view in addresses: its id, or `job:id` where several jobs have one of that id. */
export function viewNames(views: readonly View[]): ReadonlyMap<string, View> {
  const counts = new Map<string, number>()
  for (const view of views) counts.set(view.id, (counts.get(view.id) ?? 0) + 1)
  return new Map(views.map(view => [counts.get(view.id) === 1 ? view.id : `${view.job}:${view.id}`, view]))
}

/**
 * The view of a name; `job:id` is understood even where the id alone would do.
 *
 * @throws MR510 where there is none, MR514 where several jobs have one.
 */
export function findView(views: readonly View[], name: string): View {
  const found = views.filter(view => view.id === name || `${view.job}:${view.id}` === name)
  if (found.length === 1) return found[0]!
  if (found.length > 1) {
    const names = found.map(view => `${view.job}:${view.id}`).join(', ')
    throw new MillraceError('MR514', `several jobs have a view '${name.slice(0, 64)}': ${names}`)
  }
  const names = [...viewNames(views).keys()]
  const near = nearest(name.slice(0, 64), names)
  throw new MillraceError('MR510', `there is no view '${name.slice(0, 64)}'`, {
    hint: near ? `did you mean '${near}'?` : names.length > 0 ? `the views are ${names.join(', ')}` : 'no job has a view yet',
  })
}
