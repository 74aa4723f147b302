/** Asks again and again while the tab is visible: at once, then every `everyMs` after the last answer. Returns how to stop. */
export const poll = (ask: () => Promise<void>, everyMs: number): (() => void) => {
  let timer: ReturnType<typeof setTimeout> | undefined
  let stopped = false
  let asking = false
  const turn = async (): Promise<void> => {
    if (stopped || asking || document.hidden) return
    clearTimeout(timer)
    asking = true
    await ask()
    asking = false
    if (!stopped) timer = setTimeout(turn, everyMs)
  }
  const onVisible = (): void => void turn()
  document.addEventListener('visibilitychange', onVisible)
  void turn()
  return () => {
    stopped = true
    clearTimeout(timer)
    document.removeEventListener('visibilitychange', onVisible)
  }
}
