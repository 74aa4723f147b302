import { type Acknowledged, mostAcknowledged } from '../alerts/acknowledgements.js'
import type { AlertBook } from '../alerts/alert-book.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { KeptBytes } from '../model/kept-bytes.js'
import type { Log } from '../model/seams.js'
import type { Host } from '../runtime/host.js'

const fileName = 'acknowledged.alerts'

/** Keeps the acknowledgements of alerts in the data folders of their jobs, so that a restart does not ask again. */
export class AlertMemory {
  readonly #host: Host
  readonly #book: AlertBook
  readonly #log: Log
  /** The save that is under way, and the one that begins when it is over, by job. */
  readonly #saves = new Map<string, { readonly running: Promise<void>; next?: Promise<void> }>()
  #saidInMemory = false

  constructor(host: Host, book: AlertBook, log: Log) {
    this.#host = host
    this.#book = book
    this.#log = log
  }

  /** What earlier processes have kept of all jobs. A file that is damaged is told of in the log, and forgotten. */
  async load(): Promise<void> {
    for (const { id: job } of this.#host.jobs()) {
      const kept = this.#host.kept?.(job, fileName)
      if (!kept) continue
      try {
        const bytes = await kept.load()
        if (bytes) this.#book.remember(read(bytes, job))
      } catch (error) {
        this.#warn(`it is forgotten which alerts of '${job}' were seen: ${fileName}: ${messageOf(error)}`, job)
      }
    }
  }

  /** Resolves when it is on the disk; where that fails the log says so, and they are remembered until the process ends. */
  save(job: string): Promise<void> {
    const kept = this.#host.kept?.(job, fileName)
    if (!kept) {
      if (!this.#saidInMemory) this.#log.info('acknowledged alerts are remembered until the process ends: there is no data folder')
      this.#saidInMemory = true
      return Promise.resolve()
    }
    const saves = this.#saves.get(job)
    if (!saves) return this.#begin(job, kept)
    // However many ask meanwhile: one more has all that they want kept.
    saves.next ??= saves.running.then(() => this.#begin(job, kept))
    return saves.next
  }

  #begin(job: string, kept: KeptBytes): Promise<void> {
    const running = this.#write(job, kept).finally(() => {
      if (this.#saves.get(job)?.running === running && !this.#saves.get(job)?.next) this.#saves.delete(job)
    })
    this.#saves.set(job, { running })
    return running
  }

  async #write(job: string, kept: KeptBytes): Promise<void> {
    const lines = this.#book.acknowledged(job).map(({ id, through, at }) => [id, through, at])
    try {
      await kept.save(new TextEncoder().encode(JSON.stringify(lines)))
    } catch (error) {
      this.#warn(`which alerts of '${job}' were seen cannot be kept: ${messageOf(error)}`, job)
    }
  }

  #warn(message: string, job: string): void {
    const { code, hint } = new MillraceError('MR536', message)
    this.#log.warn(message, { code, job, hint })
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

function read(bytes: Uint8Array, job: string): readonly Acknowledged[] {
  const lines: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  if (!Array.isArray(lines) || lines.length > mostAcknowledged) throw new Error('it is no list of acknowledgements')
  return lines.map((line: unknown) => {
    const [id, through, at] = Array.isArray(line) ? (line as readonly unknown[]) : []
    if (typeof id !== 'string' || typeof through !== 'number' || typeof at !== 'number') throw new Error('a line of it is none')
    return { id, job, through, at }
  })
}
