import type { LateRow } from '../../../src/model/late-row.js'

/** A window that a message missed, in one or several operators. */
export interface MissedWindow {
  readonly start: number
  readonly end: number
  readonly missedBy: number
  readonly nodes: readonly string[]
}

/** One message that came too late, for whichever windows it did. */
export interface LateMessage extends Pick<LateRow, 'at' | 'eventTime' | 'row'> {
  readonly missed: readonly MissedWindow[]
}

/**
 * Each window operator reports the rows that it has missed: what came as one message is put together again, in the order
 * of the first report. Two messages that look the same stay two, for an operator reports each of them.
 */
export const lateMessages = (rows: readonly LateRow[]): readonly LateMessage[] => {
  const alike = new Map<string, LateRow[][]>()
  const messages: LateRow[][] = []
  for (const row of rows) {
    const name = nameOf(row)
    const group = alike.get(name) ?? []
    alike.set(name, group)
    const own = group.find(reports => !reports.some(({ node }) => node === row.node))
    if (own) own.push(row)
    else {
      const reports = [row]
      group.push(reports)
      messages.push(reports)
    }
  }
  return messages.map(reports => {
    const { at, eventTime, row } = reports[0]!
    return { at, eventTime, row, missed: missedWindows(reports) }
  })
}

const nameOf = ({ at, eventTime, row }: Pick<LateRow, 'at' | 'eventTime' | 'row'>): string => JSON.stringify([at, eventTime, row])

/**
 * The newest messages known after an answer of the server, so many at most. A process lists only those that it took in itself; what
 * a reader's list held of the one before it stays there.
 */
export const newestLate = (known: readonly LateMessage[], told: readonly LateMessage[], most: number): readonly LateMessage[] => {
  const names = new Set(told.map(nameOf))
  return [...told, ...known.filter(message => !names.has(nameOf(message)))].sort((a, b) => b.at - a.at).slice(0, most)
}

const missedWindows = (reports: readonly LateRow[]): readonly MissedWindow[] => {
  const windows = new Map<string, { start: number; end: number; missedBy: number; nodes: string[] }>()
  for (const { node, window, missedBy } of reports) {
    const name = `${window.start} ${window.end} ${missedBy}`
    const known = windows.get(name)
    if (known) known.nodes.push(node)
    else windows.set(name, { ...window, missedBy, nodes: [node] })
  }
  return [...windows.values()]
}
