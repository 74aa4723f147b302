import { instantText } from '../model/instant-text.js'
import type { StretchSummary } from '../runtime/replay/replay-stretch.js'

/** Which stretch it was, and with what state it began. */
export function stretchText({ job, first, last, began, ended, beginning }: StretchSummary): string {
  const start =
    beginning.from === 'snapshot'
      ? `from the snapshot behind entry ${beginning.entry}`
      : beginning.whole
        ? 'from the beginning of the journal'
        : 'with fresh state: windows that were open then hold only what followed'
  return `${job}: entries ${first}…${last}, ${instantText(began)} to ${instantText(ended)}, ${start}`
}

/** Messages that went nowhere, for their source is no longer read. */
export const unreadText = ({ unread }: StretchSummary): readonly string[] =>
  [...unread].map(([source, messages]) => `${messages} messages of '${source}' were left out: the job no longer reads it`)
