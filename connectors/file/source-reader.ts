import type { ConnectorContext, SourceReader, SourceStatus } from '../../src/connector/source.js'
import type { Chunk } from '../../src/model/chunk.js'
import { MillraceError } from '../../src/model/errors/millrace-error.js'
import { type FilePlace, readPlace, writePlace } from './file-place.js'
import type { FileSeries } from './file-series.js'
import { findGrown, findPlace, rotatedAfter, unreadable } from './find-place.js'
import { LeftFiles } from './left-files.js'
import { mayCome } from './may-come.js'
import { noSuchFile } from './no-such-file.js'
import { QuotePatience } from './quote-patience.js'
import type { Records } from './record-buffer.js'
import { isReadable, type RecordForm, SourceFile } from './source-file.js'

/** Ms between two looks at a file that has nothing new. */
const lookMs = 100
/** Ms for which a file that was replaced is read on: whoever wrote it may still hold it open. */
const graceMs = 1_000

const shownLine = (line: number): string => `line ${line.toLocaleString('en')}`

/** Reads files to their ends, one after the other, or follows them as they grow and are rotated. */
export class FileSourceReader implements SourceReader {
  readonly #context: ConnectorContext
  readonly #series: FileSeries
  readonly #form: RecordForm
  readonly #follow: boolean
  /** Rotated files that come before those that the series names. */
  #before: readonly string[] = []
  #file: SourceFile | undefined
  /** The name behind which the series goes on. */
  #last: string | undefined
  #receipt = 0
  #ended = false
  #closed = false
  /** At the end of a file that may grow. */
  #live = false
  #downSince: number | undefined
  #error: MillraceError | undefined
  /** Since when the file is known to have a successor; undefined: it has none, or has grown since. */
  #succeeded: number | undefined
  readonly #quotes = new QuotePatience()
  readonly #left: LeftFiles
  /** The file was waited on: it may have a writer. */
  #waited = false
  #asked: Promise<Chunk | undefined> = Promise.resolve(undefined)
  #wake: (() => void) | undefined

  private constructor(context: ConnectorContext, series: FileSeries, form: RecordForm, follow: boolean) {
    this.#context = context
    this.#series = series
    this.#form = form
    this.#follow = follow
    this.#left = new LeftFiles(context.log)
  }

  /**
   * A reader behind the place that the job has read to.
   *
   * @throws MR330 there is no file, and none is waited for; MR331 it cannot be opened; MR333 another one stands in its place;
   *   MR334 the place does not read; MR217, MR219 of a header
   */
  static async open(context: ConnectorContext, series: FileSeries, form: RecordForm, follow: boolean): Promise<FileSourceReader> {
    const reader = new FileSourceReader(context, series, form, follow)
    try {
      const position = context.positions?.get(0)
      if (position !== undefined) await reader.#goOn(readPlace(position))
      if (!reader.#file && !reader.#ended) reader.#file = await reader.#opened()
      if (!reader.#file && !reader.#ended && !follow && position === undefined) throw noSuchFile(series.path)
      return reader
    } catch (error) {
      await reader.#file?.close()
      throw error
    }
  }

  next(): Promise<Chunk | undefined> {
    this.#asked = this.#follow ? this.#followed() : this.#bounded()
    return this.#asked
  }

  /** Nothing is owed to a file: the journal keeps the place. */
  settle(): void {}

  status(): SourceStatus {
    const { path } = this.#series
    const connected = !this.#closed && this.#file !== undefined && this.#downSince === undefined
    const error = this.#error && { code: this.#error.code, message: this.#error.message }
    return {
      connected: connected || (this.#ended && !this.#closed),
      live: connected && this.#live,
      detail: this.#detail(),
      endpoint: path,
      ...(this.#downSince !== undefined && { downSince: this.#downSince }),
      ...(error && { error }),
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#wake?.()
    await this.#asked.catch(() => undefined)
    await this.#leave()
  }

  #detail(): string {
    if (this.#closed) return 'closed'
    if (this.#ended) return `${this.#series.path} read to its end`
    if (this.#error) return `waits, ${this.#error.message}`
    const file = this.#file
    if (!file) return `waits for ${this.#series.path}`
    const { line } = file.offset
    return this.#live ? `${file.path} read to ${shownLine(line)}, waits for more` : `reading ${file.path}, ${shownLine(line)}`
  }

  async #goOn(place: FilePlace): Promise<void> {
    const { log } = this.#context
    const path = this.#series.pathOf(place.file)
    const { file, before } = await findPlace(place, this.#series, this.#form, this.#follow)
    // The job names another file now.
    if (!file && place.file !== path) return
    if (this.#series.isPattern) this.#last = path
    if (file) {
      this.#file = file
      this.#before = before
      await file.goOn(place)
      log.info(`goes on in ${file.path} at ${shownLine(place.line)}`)
      return
    }
    const there = await isReadable(path, this.#form)
    const read = `of what was read up to ${shownLine(place.line)}`
    if (there && !this.#follow) throw new MillraceError('MR333', `${path} does not go on from the end ${read}`)
    if (!there && !this.#series.isPattern && !this.#follow) throw noSuchFile(this.#series.path)
    const [packed] = await unreadable(this.#series)
    const perhaps = packed === undefined ? '' : `; it may be in ${packed}, which cannot be unpacked here`
    const what = there ? 'another file now, read from its beginning' : 'gone'
    log.warn(`${path} is ${what}; the rest ${read} is not read${perhaps}`, { code: 'MR333' })
    if (there && this.#series.isPattern) this.#before = [path]
  }

  async #bounded(): Promise<Chunk | undefined> {
    for (;;) {
      if (this.#closed || this.#ended) return undefined
      const file = this.#file
      if (!file) {
        this.#file = await this.#opened()
        if (!this.#file) await this.#end()
        continue
      }
      const records = await file.take(true)
      if (records) return this.#chunk(file, records)
      if (!(await file.isWhole())) {
        throw new MillraceError('MR332', `${file.path} was cut or written anew while it was read, at ${shownLine(file.offset.line)}`)
      }
      this.#left.add(file)
      await this.#leave()
      if (!this.#series.isPattern) await this.#end()
    }
  }

  async #end(): Promise<void> {
    await this.#left.look(Number.POSITIVE_INFINITY)
    this.#ended = true
    if (this.#receipt > 0) return
    const { log, positions } = this.#context
    const { path } = this.#series
    if (positions?.get(0) === undefined) log.warn(`${path} held no records: nothing was read`)
    else log.info(`${path} holds nothing new: what it has was read before; begin afresh with --reset to read it again`)
  }

  async #followed(): Promise<Chunk | undefined> {
    while (!this.#closed) {
      await this.#left.look(this.#context.time.monotonic())
      const file = this.#file ?? (await this.#opened())
      this.#file = file
      if (!file) {
        await this.#pause()
        continue
      }
      // What was put in place of the lines that were read is not their continuation.
      const isCut = this.#waited && !(await file.isWhole())
      const records = isCut ? undefined : ((await file.take(false)) ?? (await this.#stuck(file)))
      if (records) return this.#chunk(file, records)
      if (await this.#isLeft(file)) {
        const rest = await file.take(true)
        if (rest) return this.#chunk(file, rest)
        if (!this.#series.isPattern) this.#before = await rotatedAfter(file, this.#left.places, this.#series, this.#form)
        this.#left.add(file)
        await this.#leave()
      }
    }
    return undefined
  }

  /** The first of the lines that wait for a quote to be closed, once it is broken rather than on its way. */
  async #stuck(file: SourceFile): Promise<Records | undefined> {
    return (await this.#quotes.isOver(file, this.#context.time.monotonic())) ? file.takeStuck() : undefined
  }

  /** At the end of what a file holds: whether another one follows. Otherwise it waits a little. */
  async #isLeft(file: SourceFile): Promise<boolean> {
    const { isPattern } = this.#series
    const isOver =
      file.path !== this.#series.pathOf(file.path) ||
      (isPattern && (this.#before.length > 0 || (await this.#series.after(this.#last)) !== undefined))
    const fate = isOver ? 'replaced' : await file.fate()
    if (fate === 'cut') {
      this.#context.log.warn(`${file.path} was cut: it is read from its beginning`, { line: file.offset.line })
      await this.#leave()
      if (isPattern) this.#before = [file.path, ...this.#before]
      return false
    }
    const grown = fate === 'replaced' && !isOver ? await findGrown(file.place, this.#form) : undefined
    if (grown) {
      await this.#leave()
      this.#file = grown
      return false
    }
    if (fate === 'replaced') {
      const now = this.#context.time.monotonic()
      this.#succeeded ??= now
      if (!this.#waited || now - this.#succeeded >= graceMs) {
        if (!isOver && isPattern) this.#before = [file.path, ...this.#before]
        return true
      }
    }
    this.#seen(fate === 'gone' ? new MillraceError('MR330', `there is no file ${file.path} any more`) : undefined)
    this.#live = fate === 'same'
    this.#waited = true
    await this.#pause()
    return false
  }

  /** The next file, if there is one yet. */
  async #opened(): Promise<SourceFile | undefined> {
    const [first, ...rest] = this.#before
    const path = first ?? (await this.#series.after(this.#last))
    if (path === undefined) {
      if (this.#last === undefined) this.#seen(noSuchFile(this.#series.path))
      return undefined
    }
    try {
      const file = await SourceFile.open(path, this.#form)
      this.#seen(undefined)
      this.#passed(rest, path)
      return file
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error
      // It was there a moment ago.
      if (error.code === 'MR330' && (first !== undefined || this.#series.isPattern)) this.#passed(rest, path)
      else if (!this.#follow || !mayCome(error)) throw error
      this.#seen(error)
      return undefined
    }
  }

  #passed(before: readonly string[], path: string): void {
    const isQueued = this.#before.length > 0
    this.#before = before
    if (this.#series.isPattern && !isQueued) this.#last = path
  }

  /** What keeps the file from being read, told once in the log; undefined: nothing. */
  #seen(error: MillraceError | undefined): void {
    if (error && error.message !== this.#error?.message && this.#follow)
      this.#context.log.warn(`waits: ${error.message}`, { code: error.code })
    this.#error = error
    this.#downSince = error ? (this.#downSince ?? this.#context.time.monotonic()) : undefined
  }

  #chunk(file: SourceFile, records: Records): Chunk {
    this.#live = this.#follow && file.atEnd
    this.#succeeded = undefined
    this.#quotes.moved()
    return { encoding: 'body', partition: 0, ...records, receipt: ++this.#receipt, position: writePlace(file.place) }
  }

  async #leave(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    this.#quotes.begin()
    this.#succeeded = undefined
    this.#waited = false
    this.#live = false
    await file?.close()
  }

  #pause(): Promise<void> {
    if (this.#closed) return Promise.resolve()
    return new Promise(resolve => {
      const cancel = this.#context.time.after(lookMs, resolve)
      this.#wake = () => {
        cancel()
        resolve()
      }
    })
  }
}
