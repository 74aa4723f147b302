/** Reads JSON from the same origin; undefined when the server is away or answers with an error. */
export const getJson = async <T>(path: string): Promise<T | undefined> => {
  try {
    const response = await fetch(path, { headers: { accept: 'application/json' } })
    return response.ok ? ((await response.json()) as T) : undefined
  } catch {
    return undefined
  }
}
