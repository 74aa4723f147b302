import type { DeadLetter } from '../model/api.js'
import type { DeadLettersSource } from './dead-letters-source.js'
import type { InspectApi } from './inspect-api.js'

/** The dead letters of a running process. */
export function liveDeadLetters(api: InspectApi): DeadLettersSource {
  return {
    async list(filter) {
      const query = new URLSearchParams(Object.entries(filter).map(([name, value]): [string, string] => [name, String(value)]))
      const { items, more } = await api.list<DeadLetter>(`/dead-letters.json?${query}`)
      return { letters: items, more }
    },
    async find(id) {
      const path = `/dead-letters/${encodeURIComponent(id)}`
      const [letter, bytes] = await Promise.all([api.get<DeadLetter>(path), api.bytes(`${path}/raw`)])
      return { letter, bytes }
    },
  }
}
