import { openJournal } from '../../../src/journal/open-journal.js'
import type { Plant } from '../plant.js'

/** The note of an acknowledged output names one that the sink does not hold yet. */
export const acknowledgedAhead: Plant = {
  name: 'acknowledged-ahead',
  what: 'notes of acknowledgement are ahead of the sink by one entry',
  factories: {
    async openJournal(options) {
      const journal = await openJournal(options)
      const note = journal.note.bind(journal)
      journal.note = (noted, onDurable) =>
        note(
          noted.kind === 'acknowledged' ? { ...noted, position: { ...noted.position, entry: noted.position.entry + 40 } } : noted,
          onDurable,
        )
      return journal
    },
  },
}
