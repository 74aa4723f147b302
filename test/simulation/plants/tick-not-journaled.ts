import type { TimeEntry } from '../../../src/journal/journal.js'
import { openJournal } from '../../../src/journal/open-journal.js'
import type { Plant } from '../plant.js'

/** Ticks are in the journal without the time that they carried. */
export const tickNotJournaled: Plant = {
  name: 'tick-not-journaled',
  what: 'a tick is journaled without its clocks, so that a replay fires no timer',
  factories: {
    async openJournal(options) {
      const journal = await openJournal(options)
      const append = journal.append.bind(journal)
      journal.append = entry => append(entry.kind === 'time' && entry.what === 'tick' ? stopped(entry) : entry)
      return journal
    },
  },
}

const stopped = (entry: TimeEntry): TimeEntry => ({
  ...entry,
  stream: 0,
  partitions: new Map([...entry.partitions.keys()].map(origin => [origin, 0])),
})
