import { systemTime } from '../runtime/seams/system-time.js'

/** What the keys do; those that are not there do nothing. */
export interface KeyBindings {
  readonly press: (key: string) => void
  /** Ctrl-C, Ctrl-D or q. */
  readonly end: () => void
}

const interrupt = '\u0003'
const endOfText = '\u0004'
const suspend = '\u001a'

/**
 * Reads keys as they are pressed, where the terminal is one. The terminal is given back by the function returned, and
 * by Node itself however else the process ends, short of a kill.
 */
export function readKeys({ press, end }: KeyBindings): () => void {
  const { stdin } = process
  if (!stdin.isTTY) return () => undefined
  const raw = (on: boolean): void => void stdin.setRawMode(on)
  const wakened = (): void => raw(true)
  const read = (text: string): void => {
    for (const key of text) {
      if (key === interrupt || key === endOfText || key === 'q') end()
      else if (key === suspend && process.platform !== 'win32') {
        // The shell gets its terminal back, and we ours when we are continued.
        raw(false)
        systemTime.after(0, () => process.kill(process.pid, 'SIGTSTP'))
      } else press(key === ' ' ? 'space' : key.toLowerCase())
    }
  }
  const restore = (): void => raw(false)
  raw(true)
  stdin.setEncoding('utf8').on('data', read).resume()
  process.on('SIGCONT', wakened)
  process.on('exit', restore)
  return () => {
    process.off('SIGCONT', wakened)
    process.off('exit', restore)
    stdin.off('data', read).pause()
    restore()
  }
}
