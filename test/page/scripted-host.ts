import type { OutputBatch } from '../../src/connector/sink.js'
import type { LiveEvent, LiveRow, ViewInfo } from '../../src/model/api.js'
import type { Host } from '../../src/runtime/host.js'
import type { View } from '../../src/views/view.js'
import { createViewRegistry } from '../../src/views/view-registry.js'
import { ScriptedFeed, views } from './scripted-feed.js'

/** The scripted jobs behind the real server: real views, filled through the outbox's contract. */
export class ScriptedHost implements Host {
  readonly feed: ScriptedFeed
  readonly #registry = createViewRegistry()
  readonly #open = new Map<string, View>()

  /** @param ahead ms that the job's clock is ahead of the data */
  constructor(ahead = 0) {
    this.feed = new ScriptedFeed(ahead)
    for (const info of views) {
      this.#open.set(info.id, this.#view(info))
      this.#take(this.feed.snapshot(info))
    }
  }

  /** A job was edited and started anew: its first number has another name now. */
  rename(id: string, name: string): void {
    const info = views.find(view => view.id === id)
    if (!info) return
    const first = info.columns.find(column => column.type === 'number')
    this.#view({ ...info, columns: info.columns.map(column => (column === first ? { ...column, name } : column)) })
  }

  #view(info: ViewInfo): View {
    const { view } = this.#registry.open(info.job, {
      id: info.id,
      spec: { params: { keep: info.keep } },
      schema: info.columns.map(({ key: _, ...column }) => column),
      windowed: info.windowed,
      keyColumns: info.columns.filter(column => column.key && !column.name.startsWith('window_')).map(column => column.name),
      ...(info.window && { window: info.window }),
    })
    return view
  }

  advance(): void {
    for (const event of this.feed.advance()) this.#take(event)
  }

  #take(event: LiveEvent): void {
    const id = event.type === 'snapshot' ? event.view.id : event.type === 'upsert' ? event.view : undefined
    const info = views.find(view => view.id === id)
    if (!info || !('rows' in event) || event.rows.length === 0) return
    this.#open.get(info.id)?.apply(outputs(info, event.rows, this.feed))
  }

  jobs() {
    return this.feed.jobs()
  }
  graph(job: string) {
    return this.feed.jobs().some(summary => summary.id === job) ? this.feed.graph(job) : undefined
  }
  views() {
    return this.#registry.views()
  }
  deadLetters({ job = '' }: { readonly job?: string }) {
    return this.feed.deadLetters(job)
  }
  deadLetterBytes() {
    return undefined
  }
  async retryDeadLetter() {
    return undefined
  }
  lateRows() {
    return []
  }
  tap() {
    return undefined
  }
  readiness() {
    return { ready: true, reasons: [] }
  }
  async metrics() {
    return ''
  }
}

const outputs = (info: ViewInfo, rows: readonly LiveRow[], { now, reached }: ScriptedFeed): OutputBatch => {
  const keyIndices = info.columns.flatMap((column, i) => (column.key || column.name === 'at' ? [i] : []))
  const keys = rows.map(row => `${info.id}/${JSON.stringify(keyIndices.map(i => row[i]))}`)
  const columns: Record<string, OutputBatch['columns'][string]> = {}
  for (const [i, column] of info.columns.entries()) {
    if (column.type === 'text') columns[column.name] = { type: 'text', form: 'plain', values: rows.map(row => String(row[i])) }
    else if (column.type === 'boolean')
      columns[column.name] = { type: 'boolean', values: Uint8Array.from(rows, row => Number(row[i])), nulls: undefined }
    else {
      const nulls = column.nullable ? Uint8Array.from(rows, row => (row[i] === null ? 1 : 0)) : undefined
      columns[column.name] = { type: 'number', values: Float64Array.from(rows, row => Number(row[i] ?? 0)), nulls }
    }
  }
  return {
    sink: info.id,
    length: rows.length,
    schema: info.columns.map(({ key: _, ...column }) => column),
    columns,
    computed: {},
    ids: keys,
    keys,
    removed: undefined,
    wall: now,
    watermark: reached - 10_000,
  }
}
