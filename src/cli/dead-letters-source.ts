import type { DeadLetter } from '../model/api.js'
import type { DeadLetterFilter } from '../runtime/host.js'

/** Dead letters, of a running process or at rest. */
export interface DeadLettersSource {
  /** Newest first, and whether there are more than the limit. */
  list(filter: DeadLetterFilter & { readonly limit: number }): Promise<{ readonly letters: readonly DeadLetter[]; readonly more: boolean }>
  /** @throws MR510 where there is none of this id. */
  find(id: string): Promise<{ readonly letter: DeadLetter; readonly bytes: Uint8Array }>
}
