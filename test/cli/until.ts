/** Asks again until `look` gives something, and fails with what it last thought after the deadline. */
export async function until<T>(what: string, look: () => Promise<T | undefined> | T | undefined, deadlineMs = 15_000): Promise<T> {
  const end = performance.now() + deadlineMs
  let trouble: unknown
  while (performance.now() < end) {
    try {
      const found = await look()
      if (found !== undefined && found !== false) return found
    } catch (error) {
      trouble = error
    }
    await new Promise(resolve => setTimeout(resolve, 25))
  }
  throw new Error(`${what}: not within ${deadlineMs} ms`, { cause: trouble })
}
