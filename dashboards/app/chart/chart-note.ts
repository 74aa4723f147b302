import type { LinePanel } from '../../../src/dashboard/dashboard.js'

/** What a chart says beside its title: its own note, else its column and its unit, each where it does not stand there already. */
export const chartNote = ({ note, column }: Pick<LinePanel, 'note' | 'column'>, title: string, unit: string | undefined): string => {
  if (note !== undefined) return note
  const isNamed = title.split(/\s+/).includes(column)
  return [...new Set([isNamed ? undefined : column, unit])].filter(Boolean).join(', ')
}
