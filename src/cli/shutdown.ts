import { systemTime } from '../runtime/seams/system-time.js'

/** npm hands on a Ctrl-C that the terminal has sent to the whole group already: both are one wish. */
const sameWishMs = 500

/**
 * Calls `stop` once at the first Ctrl-C or SIGTERM; another one later ends the process at once. The result takes the
 * listeners away.
 */
export function onShutdown(stop: () => void): () => void {
  let asked: number | undefined
  const listener = (): void => {
    const now = systemTime.monotonic()
    if (asked !== undefined) {
      if (now - asked > sameWishMs) process.exit(130)
      return
    }
    asked = now
    stop()
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, listener)
  return () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, listener)
  }
}
