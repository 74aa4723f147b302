/** Another screen of the terminal, as editors use it: what was there before comes back. */
const enter = '\u001b[?1049h\u001b[?25l'
const leave = '\u001b[?25h\u001b[?1049l'
const home = '\u001b[H'
const restOfLine = '\u001b[K'
const restOfScreen = '\u001b[J'

/** Draws over what it drew before; the terminal is given back by `close`, and however the process ends, short of a kill. */
export class InspectScreen {
  readonly #close = (): void => void process.stdout.write(leave)

  constructor(resized: () => void) {
    process.stdout.write(enter)
    process.on('exit', this.#close)
    process.stdout.on('resize', resized)
    this.#resized = resized
  }

  readonly #resized: () => void

  get columns(): number {
    return process.stdout.columns || 80
  }

  get rows(): number {
    return process.stdout.rows || 24
  }

  /** At most as many lines as there are rows, none wider than the columns. */
  draw(lines: readonly string[]): void {
    const shown = lines.slice(0, this.rows)
    // Cleared before it is written: behind a line that fills the width the cursor stands on its last character.
    const cleared = shown.map((line, i) => `${i === shown.length - 1 ? restOfScreen : restOfLine}${line}`)
    process.stdout.write(`${home}${cleared.join('\r\n')}`)
  }

  close(): void {
    process.stdout.off('resize', this.#resized)
    process.off('exit', this.#close)
    this.#close()
  }
}
