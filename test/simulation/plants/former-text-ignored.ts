import type { Plant } from '../plant.js'

/** After an edit of the job the tail of the journal is replayed through the new text. */
export const formerTextIgnored: Plant = {
  name: 'former-text-ignored',
  what: 'what a former text of the job took in is replayed with the text of today',
  formerText: (_text, now) => now,
}
