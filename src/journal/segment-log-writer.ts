import type { DiskFile } from '../model/disk.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import { DurableWaiters } from './durable-waiters.js'
import { Closed, PatientDisk } from './patient-disk.js'
import { readRecords } from './read-records.js'
import { RecordBuffer } from './record-buffer.js'
import type { Segment } from './segment-chain.js'
import { encodeHeader, headerBytes, type SegmentHeader } from './segment-header.js'
import type { LogRecord, SegmentInfo, SegmentLog, SegmentLogOptions } from './segment-log.js'
import { segmentName } from './segment-name.js'

/** What opening found. */
export interface LogState {
  /** Complete ones. */
  readonly segments: readonly Segment[]
  readonly own: OwnSegment
  readonly last: number
  readonly opened: number
  /** First record of this epoch. */
  readonly from: number
  readonly seed: number
}

/** The segment that is written. */
export interface OwnSegment {
  readonly name: string
  readonly header: SegmentHeader
  readonly file: DiskFile
  /** Bytes up to the last durable record. */
  size: number
}

/** See `SegmentLog`. One buffer fills while the other is written and synced. */
export class SegmentLogWriter implements SegmentLog {
  readonly #options: SegmentLogOptions
  readonly #seed: number
  readonly #opened: number
  readonly #from: number
  readonly #patient: PatientDisk
  /** Complete ones. */
  #segments: Segment[]
  #own: OwnSegment | undefined
  #filling = new RecordBuffer()
  #writing = new RecordBuffer()
  #last: number
  #durable: number
  #work: Promise<void> | undefined
  #failure: MillraceError | undefined
  readonly #waiters = new DurableWaiters()
  #closing = false

  constructor(options: SegmentLogOptions, state: LogState) {
    this.#options = options
    this.#patient = new PatientDisk(options.after)
    this.#segments = [...state.segments]
    this.#own = state.own
    this.#last = state.last
    this.#durable = state.last
    this.#opened = state.opened
    this.#from = state.from
    this.#seed = state.seed
  }

  get last(): number {
    return this.#last
  }

  get durable(): number {
    return this.#durable
  }

  get full(): boolean {
    const waiting = this.#filling.length + this.#writing.length
    return waiting >= this.#options.bufferBytes || this.#patient.failing !== undefined || this.#failure !== undefined
  }

  get failing(): string | undefined {
    return this.#patient.failing
  }

  append(...parts: readonly Uint8Array[]): number {
    if (this.#failure) throw this.#failure
    if (this.#closing) throw closed('is closed')
    this.#filling.append(parts, this.#last + 1, this.#durable, this.#seed)
    this.#last++
    this.#options.reached('appended')
    // Begun after the caller's turn, so that what it appends together is synced together.
    this.#work ??= Promise.resolve().then(() => this.#commit())
    return this.#last
  }

  read(after: number): AsyncIterable<LogRecord> {
    const { disk, folder } = this.#options
    return readRecords(disk, folder, record => this.#segmentWith(record), after)
  }

  segments(): readonly SegmentInfo[] {
    const own = this.#ownSegment()
    return (own ? [...this.#segments, own] : this.#segments).map(({ name, header, size, limit }) => ({
      name,
      epoch: header.epoch,
      first: header.first,
      last: limit,
      bytes: size,
      began: header.began,
    }))
  }

  async retain(rule: { readonly needed: number; readonly bytes: number; readonly ms: number }): Promise<void> {
    const { disk, folder, fence, now, reached } = this.#options
    let confirmed = false
    for (;;) {
      const all = this.segments()
      const [oldest, next] = all
      // The last records stay in any case: they say at which number the log goes on.
      if (!oldest || !next || next.last < next.first || oldest.last > rule.needed) return
      const bytes = all.reduce((sum, segment) => sum + segment.bytes, 0)
      // The next one was begun after its last record.
      if (bytes <= rule.bytes && now() - next.began <= rule.ms) return
      if (!confirmed) await fence.confirm()
      confirmed = true
      await disk.remove(`${folder}/${oldest.name}`)
      reached('segment-removed')
      this.#segments = this.#segments.filter(({ name }) => name !== oldest.name)
    }
  }

  flush(): Promise<void> {
    if (this.#durable >= this.#last) return Promise.resolve()
    if (this.#failure) return Promise.reject(this.#failure)
    return this.#waiters.until(this.#last)
  }

  async close(): Promise<void> {
    this.#closing = true
    this.#patient.close()
    await this.#work
    await this.#own?.file.close()
    this.#retire()
    this.#failure ??= closed(this.#durable < this.#last ? `was closed before all was stored: ${this.#patient.failing}` : 'is closed')
    this.#waiters.fail(this.#failure)
  }

  /** The one that holds this record, if it is known to be durable; the oldest, where it has been removed. */
  #segmentWith(record: number): Segment | undefined {
    const found = this.#segments.find(({ limit }) => limit >= record)
    if (found) return found
    const own = this.#ownSegment()
    return own && own.limit >= record ? own : undefined
  }

  #ownSegment(): Segment | undefined {
    const own = this.#own
    return own && { name: own.name, header: own.header, size: own.size, limit: this.#durable }
  }

  /** Writes and syncs until nothing waits. */
  async #commit(): Promise<void> {
    try {
      while (this.#filling.length > 0 && !this.#failure) {
        const buffer = this.#filling
        this.#filling = this.#writing
        this.#writing = buffer
        const last = this.#last
        await this.#store(buffer)
        buffer.clear()
        this.#durable = last
        this.#options.onDurable()
        this.#waiters.rise(this.#durable)
      }
    } catch (error) {
      if (!(error instanceof Closed)) this.#fail(error)
    } finally {
      this.#work = undefined
    }
  }

  async #store(buffer: RecordBuffer): Promise<void> {
    const { reached, fence, now, segmentBytes, segmentMs = Number.POSITIVE_INFINITY } = this.#options
    if (this.#own && this.#own.size > headerBytes && (this.#own.size >= segmentBytes || now() - this.#own.header.began >= segmentMs)) {
      const { file } = this.#own
      this.#retire()
      await file.close()
    }
    this.#own ??= await this.#begin(this.#durable + 1)
    const own = this.#own
    await this.#write(own.file, buffer.bytes, own.size)
    reached('written')
    await this.#sync(() => own.file.sync(), own.name)
    reached('synced')
    await fence.confirm()
    reached('confirmed')
    own.size += buffer.length
  }

  /** The own segment, if there is one, is written no more. */
  #retire(): void {
    const own = this.#ownSegment()
    if (own && own.limit >= own.header.first) this.#segments.push(own)
    this.#own = undefined
  }

  async #begin(first: number): Promise<OwnSegment> {
    const { disk, folder, fence, now, header: about, reached, onSegment } = this.#options
    const header: SegmentHeader = { epoch: fence.epoch, first, from: this.#from, began: now(), opened: this.#opened, header: about }
    const name = segmentName(fence.epoch, first)
    const file = await this.#patient.untilDone(() => disk.create(`${folder}/${name}`))
    try {
      await this.#write(file, encodeHeader(header), 0)
      await this.#sync(() => file.sync(), name)
      await this.#sync(() => disk.syncFolder(folder), folder)
    } catch (error) {
      await file.close()
      throw error
    }
    reached('segment-created')
    onSegment?.({ name, first })
    return { name, header, file, size: headerBytes }
  }

  async #write(file: DiskFile, bytes: Uint8Array, position: number): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      done += await this.#patient.untilDone(async () => {
        const written = await file.write(bytes.subarray(done), position + done)
        if (written === 0) throw new Error('the disk took no bytes')
        return written
      })
    }
  }

  async #sync(work: () => Promise<void>, what: string): Promise<void> {
    try {
      await work()
    } catch (cause) {
      throw new MillraceError('MR444', `${what} was not synced: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    }
  }

  #fail(error: unknown): void {
    this.#failure =
      error instanceof MillraceError
        ? error
        : new MillraceError('MR445', `the log is given up: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
    this.#waiters.fail(this.#failure)
    this.#options.onFailure(this.#failure)
  }
}

const closed = (how: string): MillraceError => new MillraceError('MR445', `the log ${how}`)
