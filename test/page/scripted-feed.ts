import type { Alert } from '../../src/model/alert.js'
import type { DeadLetter, JobGraph, JobSummary, LiveEvent, LiveRow, ViewInfo } from '../../src/model/api.js'
import type { LateRow } from '../../src/model/late-row.js'
import { climateRow, climateViews, minute, motes, startOfData, steamRow } from './scripted-climate.js'

/** A room that tries to be a script; it must stay a name. */
export const hostileName = '<script>window.hacked = true</script>'
const rooms = ['kitchen', 'cellar', hostileName]

const roomView: ViewInfo = {
  id: 'rooms',
  job: 'thermostat',
  columns: [
    { name: 'room', type: 'text', nullable: false, key: true },
    { name: 'celsius', type: 'number', nullable: true, unit: '°C', key: false },
    { name: 'at', type: 'timestamp', nullable: false, key: false },
  ],
  windowed: false,
  keep: null,
  rows: 0,
  bytes: 0,
  watermark: null,
}

const deviceView: ViewInfo = {
  ...climateViews[0]!,
  id: 'hottest',
  job: 'max-temperature',
  columns: climateViews[0]!.columns.map(column => (column.name === 'mote' ? { ...column, name: 'device' } : column)),
}

export const views: readonly ViewInfo[] = [...climateViews, roomView, deviceView]

const step = 15_000
const fewDevices = 40

/** Three jobs whose clocks move only when `advance` is called. */
export class ScriptedFeed {
  #now = startOfData + 40 * minute + 45_000
  #quiet = false
  #late = 61
  #refused = 0
  readonly #retried = new Map<string, number>()
  /** How many devices the third job has. */
  devices = fewDevices
  trouble = false
  /** Messages that are listed of those that were late: the newest. */
  lateListed = 3
  /** °C by which the mean of mote 2 is higher than it was. */
  heat = 0
  /** Ms that the job's clock is ahead of the data: data of long ago, read today. */
  readonly #ahead: number
  /** Ms that have passed since without a message. */
  still = 0

  constructor(ahead = 0) {
    this.#ahead = ahead
  }

  /** The job's clock. */
  get now(): number {
    return this.#now + this.#ahead + this.still
  }

  /** How far the data has come. */
  get reached(): number {
    return this.#now
  }

  /** Lets mote 3 fall silent. */
  quieten(): void {
    this.#quiet = true
  }

  /** Moves the clock by 15 s and gives the rows that changed, by view. */
  advance(): readonly LiveEvent[] {
    this.#now += step
    const since = this.#now - step
    return views.map(view => {
      const rows = this.#rows(view, since, this.#quiet)
      return { type: 'upsert', view: view.id, rows, seen: rows.map(() => this.now), removed: [] }
    })
  }

  snapshot(view: ViewInfo): LiveEvent {
    const rows = this.#rows(view, startOfData, false)
    return { type: 'snapshot', view, rows, seen: rows.map(row => this.#seen(view, row)) }
  }

  alerts(): readonly Alert[] {
    const since = this.#now - 125_000
    const at = new Date(since).toISOString().slice(11, 16)
    return [
      {
        id: 'a1',
        job: 'mote-climate',
        view: 'climate',
        column: 'max',
        key: { mote: 1 },
        level: 'critical',
        above: 30,
        unit: '°C',
        state: 'firing',
        since,
        value: 41.2,
        worst: 56.1,
        sentence: `mote 1: 41.2 °C, above 30 °C since ${at}`,
      },
    ]
  }

  progress(): LiveEvent {
    return { type: 'progress', jobs: this.jobs(), watermarks: { climate: this.#now - 10_000 } }
  }

  /** Rows of windows that were still open at `since`, as they are now. */
  #rows(view: ViewInfo, since: number, quiet: boolean): readonly LiveRow[] {
    if (view.id === 'rooms') return this.#roomRows(since)
    const { size, every } = view.window!
    const rows: LiveRow[] = []
    const keys = view.id === 'hottest' ? Array.from({ length: this.devices }, (_, i) => i + 1) : motes
    const first = Math.max(startOfData, Math.floor(since / every) * every - size + every)
    for (let from = first; from < this.#now; from += every) {
      for (const key of keys) {
        if (quiet && key === 3) continue
        const mote = ((key - 1) % 4) + 1
        const make = view.id === 'steam' ? steamRow : climateRow
        const row = make(mote, from, from + size, this.#now)
        if (row) rows.push([key, key === 2 ? Number(row[1]) + this.heat : row[1]!, ...row.slice(2)])
      }
    }
    return rows
  }

  /** A window's last row came when it closed. */
  #seen({ columns }: ViewInfo, row: LiveRow): number {
    const end = columns.findIndex(({ name }) => name === 'window_end')
    return Math.min(this.#now, end < 0 ? this.#now : Number(row[end])) + this.#ahead
  }

  #roomRows(since: number): readonly LiveRow[] {
    const rows: LiveRow[] = []
    for (let at = Math.ceil(since / step) * step; at < this.#now; at += step) {
      for (const [i, room] of rooms.entries()) rows.push([room, 19 + i + Math.sin(at / 200_000 + i), at])
    }
    return rows
  }

  jobs(): readonly JobSummary[] {
    const minutes = (this.#now - startOfData) / minute
    const counted = Math.floor(minutes * 1284)
    const counts = {
      received: counted + this.#late + 44 + 12 + this.#refused,
      counted,
      late: this.#late,
      duplicate: 44,
      deadLettered: 12 + this.#refused,
      skipped: 0,
      waiting: 0,
      results: Math.floor(minutes * 9),
    }
    const clock = { now: this.now, clockLabel: 'replaying real data at 60×', derived: true }
    const guarantee = {
      level: 'none' as const,
      label: 'no guarantee over a crash: open windows may be lost, results repeated',
      why: ['the journal does not outlive a crash', 'the source settles after the results were acknowledged'],
    }
    const once = {
      level: 'at-least-once' as const,
      label: "at least once: results of 'control' may repeat after a crash",
      why: [
        "results of 'control' may repeat after a crash: those that were sent and not yet acknowledged are sent again",
        `what a sender of 'temperature' settles before it arrives counts at most once (${counted} so far)`,
      ],
      sinks: [
        { sink: 'rooms', level: 'exactly-once' as const, label: 'exactly once within 1,000,000 ids or 10 minutes, as the only consumer' },
        { sink: 'control', level: 'at-least-once' as const, label: "at least once: results of 'control' may repeat after a crash" },
      ],
    }
    const well = { ...clock, guarantee, state: 'running' as const, attention: [] }
    return [
      {
        ...well,
        id: 'mote-climate',
        derived: true,
        rate: 1240.4,
        behind: 1200,
        counts,
        attention: this.trouble ? ['alerts has waited 12 s for credit'] : [],
        state: 'running',
      },
      {
        ...well,
        id: 'thermostat',
        guarantee: once,
        journal: { bytes: 12_800, unsynced: 0, behindSnapshot: counted % 1000, lastRecoveryMs: 131 },
        rate: 3.2,
        behind: 240,
        counts: { ...counts, late: 0, deadLettered: 0, received: counted + 44 },
      },
      { ...well, id: 'max-temperature', rate: 240, behind: null, counts: { ...counts, late: 0, deadLettered: 0, received: counted + 44 } },
    ]
  }

  graph(job: string): JobGraph {
    const counters = {}
    const watermark = this.#now - 12_000
    const node = (id: string, kind: 'source' | 'operator' | 'view' | 'sink', op: string, detail: string) => ({
      id,
      kind,
      op,
      detail,
      rowsIn: 52_418,
      rowsOut: 52_301,
      watermark,
      idle: false,
      busy: 0.12,
      counters,
    })
    if (job !== 'mote-climate') {
      const nodes = [node('readings', 'source', 'amqp', 'AMQP queue temperature'), node('result', 'sink', 'amqp', 'address max')]
      return {
        job,
        nodes: [nodes[0]!, { ...nodes[1]!, idle: true, watermark: this.#now - 42_000 }],
        edges: [{ from: 'readings', to: 'result', rate: 3.2 }],
        mermaid: '',
      }
    }
    const nodes = [
      node('readings', 'source', 'amqp', 'AMQP queue telemetry · credit 1,000'),
      node('eventTime', 'operator', 'eventTime', 'up to 10 s out of order'),
      node('climate', 'operator', 'aggregate', 'tumbling 1 min · 4 keys'),
      node('trend', 'operator', 'aggregate', 'hopping 5 min by 1 min'),
      node('humid', 'operator', 'aggregate', 'tumbling 1 min · 4 keys'),
      node('where', 'operator', 'where', 'humidity > 60'),
      node('view climate', 'view', 'view', '7 d kept'),
      node('view trend', 'view', 'view', '7 d kept'),
      { ...node('view steam', 'view', 'view', '7 d kept'), watermark: null },
      {
        ...node('alerts', 'sink', 'amqp', 'address alerts'),
        ...(this.trouble ? { waiting: { for: "acknowledgement from 'alarms'", since: this.now - 12_000 } } : {}),
      },
    ]
    const edges: readonly (readonly [string, string, number])[] = [
      ['readings', 'eventTime', 1240],
      ['eventTime', 'climate', 1237],
      ['eventTime', 'trend', 1237],
      ['eventTime', 'humid', 1237],
      ['humid', 'where', 4],
      ['climate', 'view climate', 4],
      ['trend', 'view trend', 4],
      ['where', 'view steam', 0.03],
      ['where', 'alerts', 0.016],
    ]
    const culprit = {
      node: 'alerts',
      sentence: 'alerts holds back: its queue gives no credit since 14:40:36. Upstream is healthy; 1 row waits.',
    }
    return { job, nodes, edges: edges.map(([from, to, rate]) => ({ from, to, rate })), mermaid: '', ...(this.trouble ? { culprit } : {}) }
  }

  lateRows(job: string): readonly LateRow[] {
    if (job !== 'mote-climate') return []
    const of = (node: string): readonly LateRow[] =>
      Array.from({ length: this.lateListed }, (_, i) => {
        const eventTime = this.#now - 200_000 - i * 5000
        const start = Math.floor(eventTime / minute) * minute
        const row = { mote: 3, celsius: 26.9, at: eventTime }
        return { job, node, at: this.now - 2000, eventTime, window: { start, end: start + minute }, missedBy: 73_000 + i, row }
      })
    return [...of('humid'), ...of('climate')]
  }

  /** One more row is late. */
  beLate(): void {
    this.#late++
  }

  /** One more message is refused. */
  refuse(): void {
    this.#refused++
  }

  retry(id: string): DeadLetter | undefined {
    this.#retried.set(id, this.now)
    return this.deadLetters('mote-climate').find(letter => letter.id === id)
  }

  deadLetters(job: string): readonly DeadLetter[] {
    if (job !== 'mote-climate') return []
    const letter = (id: string, ago: number, code: string, reason: string, sample: string): DeadLetter => ({
      id,
      job,
      source: 'readings',
      code,
      reason,
      at: startOfData + 40 * minute - ago + this.#ahead,
      sample,
      size: sample.length,
      retryable: !this.#retried.has(id),
      ...(this.#retried.has(id) ? { retriedAt: this.#retried.get(id)! } : {}),
    })
    return [
      ...Array.from({ length: this.#refused }, (_, i) => letter(`8-${i}`, -1000 * i, 'MR202', 'humidity is missing', '{"mote":4}')),
      letter('7-1', 33_000, 'MR201', 'not JSON: unexpected } at byte 31', '{"mote":3,"temperature":27.4,}}'),
      {
        ...letter(
          '6-4',
          115_000,
          'MR203',
          'is a text, the schema wants a number in °C',
          '{"mote":2,"temperature":"n/a","at":"2010-05-10T14:38:50Z"}',
        ),
        path: 'temperature',
      },
      {
        ...letter(
          '5-2',
          578_000,
          'MR157',
          `26 h ahead of the job's clock ${hostileName}`,
          '{"mote":1,"at":"2010-05-11T16:31:07Z","temperature":27.9}',
        ),
        retryable: false,
      },
    ]
  }
}
