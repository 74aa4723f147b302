import pc from 'picocolors'
import { MillraceError } from '../model/errors/millrace-error.js'
import { systemTime } from '../runtime/seams/system-time.js'
import { readKeys } from './demo-keys.js'
import type { InspectApi } from './inspect-api.js'
import { spanText } from './inspect-format.js'
import { type InspectKey, inspectKeys } from './inspect-keys.js'
import { inspectLines } from './inspect-lines.js'
import { type Inspected, readInspected } from './inspect-read.js'
import { InspectScreen } from './inspect-screen.js'
import { cutText } from './inspect-table.js'
import { onShutdown } from './shutdown.js'

/** Real ms between two looks. */
const period = 1_000
/** Rows of a screen on which sentences may take two lines. */
const roomyRows = 20

/** The live table: asks once a second and draws in place, until it is told to end. */
export class InspectLive {
  readonly #api: InspectApi
  #seen: Inspected
  #screen: InspectScreen | undefined
  #scroll = 0
  #paused = false
  #ended = false
  /** Why nobody answers, and since when, real monotonic ms. */
  #lost: { readonly reason: string; readonly since: number } | undefined
  #cancel = (): void => {}
  /** The keys and signals are nobody's any more. */
  #leave = (): void => {}

  constructor(api: InspectApi, seen: Inspected) {
    this.#api = api
    this.#seen = seen
  }

  /** Resolves when a person has seen enough. */
  async run(): Promise<void> {
    this.#screen = new InspectScreen(this.#draw)
    this.#draw()
    this.#plan()
    await new Promise<void>(resolve => {
      const unread = readKeys({ press: inspectKeys(this.#pressed), end: resolve })
      const forget = onShutdown(resolve)
      this.#leave = () => {
        unread()
        forget()
      }
    })
    this.#ended = true
    this.#cancel()
    this.#leave()
    this.#screen.close()
  }

  #plan(): void {
    this.#cancel()
    this.#cancel = systemTime.after(period, () => void this.#look())
  }

  async #look(): Promise<void> {
    if (!this.#paused) await this.#ask(this.#seen.job.id)
    if (this.#ended) return
    this.#draw()
    this.#plan()
  }

  async #ask(job: string): Promise<void> {
    try {
      const seen = await readInspected(this.#api, job)
      if (seen) this.#seen = seen
      this.#lost = undefined
    } catch (error) {
      const reason = error instanceof MillraceError ? error.message : String(error)
      this.#lost = { reason, since: this.#lost?.since ?? systemTime.monotonic() }
    }
  }

  readonly #pressed = (key: InspectKey): void => {
    if (key === 'space') this.#paused = !this.#paused
    if (key === 'up') this.#scroll = Math.max(0, this.#scroll - 1)
    if (key === 'down') this.#scroll++
    if (key === 'left' || key === 'right') void this.#turnTo(key === 'right' ? 1 : -1)
    this.#draw()
  }

  /** The job beside. */
  async #turnTo(step: number): Promise<void> {
    const { jobs, job } = this.#seen
    const next = jobs[(jobs.indexOf(job.id) + step + jobs.length) % jobs.length]
    if (next === undefined || next === job.id) return
    this.#scroll = 0
    await this.#ask(next)
    if (!this.#ended) this.#draw()
  }

  readonly #draw = (): void => {
    const screen = this.#screen
    if (!screen || this.#ended) return
    const { columns, rows } = screen
    const { above, head, nodes } = inspectLines(this.#seen, columns, rows < roomyRows ? 1 : 2)
    const lost = this.#lost ? [pc.red(cutText(this.#lostText(this.#lost), columns))] : []
    const top = [...lost, ...above, '', head]
    const room = Math.max(1, rows - top.length - 2)
    this.#scroll = Math.min(this.#scroll, Math.max(0, nodes.length - room))
    const shown = nodes.slice(this.#scroll, this.#scroll + room)
    const fill = Array.from({ length: Math.max(0, room - shown.length) }, () => '')
    screen.draw([...top, ...shown, ...fill, '', pc.dim(cutText(this.#help(nodes.length - room), columns))])
  }

  #lostText({ reason, since }: { readonly reason: string; readonly since: number }): string {
    return `Connection lost ${spanText(systemTime.monotonic() - since)} ago, trying again: ${reason}`
  }

  #help(hidden: number): string {
    const { jobs } = this.#seen
    return [
      ...(this.#paused ? ['PAUSED'] : []),
      'q quit',
      this.#paused ? 'space go on' : 'space pause',
      ...(hidden > 0 ? ['↑ ↓ nodes'] : []),
      ...(jobs.length > 1 ? [`← → jobs (${jobs.length})`] : []),
    ].join(' · ')
  }
}
