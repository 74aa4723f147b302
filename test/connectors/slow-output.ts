import { EventEmitter } from 'node:events'
import type { Output } from '../../connectors/console/sink-writer.js'

/** A stdout in memory whose reader can be made to stop and go on. */
export class SlowOutput extends EventEmitter implements Output {
  readonly isTTY: boolean
  readonly columns?: number
  text = ''
  #waiting = ''
  #stopped = false

  constructor(terminal?: { readonly columns?: number }) {
    super()
    this.isTTY = terminal !== undefined
    if (terminal?.columns !== undefined) this.columns = terminal.columns
  }

  get writableLength(): number {
    return this.#waiting.length
  }

  write(text: string): boolean {
    if (this.#stopped) this.#waiting += text
    else this.text += text
    return !this.#stopped
  }

  stop(): void {
    this.#stopped = true
  }

  goOn(): void {
    this.#stopped = false
    this.text += this.#waiting
    this.#waiting = ''
    this.emit('drain')
  }
}
