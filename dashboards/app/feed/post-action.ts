import { refusalWords } from '../text/refusal-words.js'

/** What a server said to an action: its answer, or in words why not. */
export type Answer<T> = { readonly value: T } | { readonly refusal: string }

/**
 * Asks the server to do something. The header is one that a page of another origin cannot send without being asked
 * for leave first, and none is given.
 */
export const postAction = async <T>(path: string): Promise<Answer<T>> => {
  try {
    const response = await fetch(path, { method: 'POST', headers: { 'millrace-action': '1', accept: 'application/json' } })
    const body: unknown = await response.json().catch(() => undefined)
    if (response.ok) return { value: body as T }
    return { refusal: problemText(body) ?? `the server refused it (${response.status})` }
  } catch {
    return { refusal: 'the server does not answer' }
  }
}

const problemText = (body: unknown): string | undefined => {
  if (typeof body !== 'object' || body === null || !('detail' in body) || typeof body.detail !== 'string') return undefined
  return refusalWords(body.detail, 'hint' in body && typeof body.hint === 'string' ? body.hint : undefined)
}
