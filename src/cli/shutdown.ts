/**
 * Calls `stop` once at the first Ctrl-C or SIGTERM; a second one ends the process at once. The result takes the
 * listeners away.
 */
export function onShutdown(stop: () => void): () => void {
  let asked = false
  const listener = (): void => {
    if (asked) process.exit(130)
    asked = true
    stop()
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, listener)
  return () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, listener)
  }
}
