import fc from 'fast-check'
import { expect, test } from 'vitest'
import { count } from '../../src/aggregates/count.js'
import { max } from '../../src/aggregates/max.js'
import { json } from '../../src/codecs/json.js'
import type { SinkSpec, SinkWriter } from '../../src/connector/sink.js'
import { job } from '../../src/job/job.js'
import { type MemoryDisk, memoryDisk } from '../../src/journal/memory-disk-fixture.js'
import { valueAt } from '../../src/model/columns.js'
import { MillraceError } from '../../src/model/errors/millrace-error.js'
import { aggregate } from '../../src/operators/aggregate.js'
import { eventTime } from '../../src/operators/event-time.js'
import { into } from '../../src/operators/into.js'
import { virtualTime } from '../../src/runtime/seams/virtual-time.js'
import { startJobs } from '../../src/runtime/start-jobs.js'
import { view } from '../../src/views/view-sink.js'
import { tumbling } from '../../src/windows/tumbling.js'
import { recordingLog } from '../support/recording-log.js'
import { FakeSource } from './fake-source.js'
import { Reading, start } from './rig.js'

/** Rows with this number no sink takes. */
const tooHot = 99

/** What a sink's peer holds, over all processes: it drops a row whose id it knows, and notices when that is another row. */
class Peer {
  readonly rows = new Map<string, string>()
  /** Rows that it will never take, by their ids. */
  readonly refused = new Map<string, string>()
  readonly conflicts: string[] = []

  spec(id: string, isAlive: () => boolean): SinkSpec<unknown> {
    const write: SinkWriter['write'] = async outputs => {
      // Who was killed writes no more, and hears of nothing.
      if (!isAlive()) return new Promise(() => {})
      const rows = outputs.ids.map((_, i) => JSON.stringify(outputs.schema.map(({ name }) => valueAt(outputs.columns[name]!, i))))
      const taken = rows.some(row => row.includes(`,${tooHot},`)) ? this.refused : this.rows
      rows.forEach((row, i) => {
        const known = taken.get(outputs.ids[i]!) ?? row
        if (known !== row) this.conflicts.push(`${outputs.ids[i]}: ${known}, then ${row}`)
        taken.set(outputs.ids[i]!, row)
      })
      if (taken === this.refused) throw new MillraceError('MR310', 'too hot')
    }
    return {
      id,
      connector: 'fake',
      params: {},
      kind: 'sink',
      expressions: {},
      usesEmbeddedNode: false,
      check: async () => [],
      open: async () => ({
        guarantee: 'idempotent',
        remembers: 20,
        open: async () => undefined,
        write,
        status: () => ({ connected: true, detail: 'fake', pending: 0 }),
        close: async () => undefined,
      }),
    }
  }
}

interface Kill {
  /** Crash points that the process passes before it dies. */
  readonly after: number
  /** The machine loses its power: of what was not synced some sectors survive. */
  readonly powerLoss: boolean
}

type Messages = readonly (readonly object[])[]

/** Runs a job over all messages, through as many processes as there are kills, each on what the one before left on the disk. */
async function run(messages: Messages, kills: readonly Kill[], snapshotEntries: number, survives: () => boolean) {
  const peers = { windows: new Peer(), raw: new Peer() }
  let disk: MemoryDisk = memoryDisk()
  let waiting: readonly (readonly object[])[] = messages
  for (let life = 0; ; life++) {
    const kill = kills[life]
    let left = kill ? kill.after : Number.POSITIVE_INFINITY
    let remains: MemoryDisk | undefined
    const source = new FakeSource()
    const isAlive = (): boolean => remains === undefined
    const reached = (): void => {
      if (left-- !== 0 || !kill) return
      remains = kill.powerLoss ? disk.afterPowerLoss(survives) : disk.copy()
      // Settlements behind this point are not made.
      waiting = [...source.unsettled.values(), ...source.queue].map(chunk => chunk.map(bytes => bytes as object))
    }
    const one = job('killed', ({ read }) => {
      const readings = read('readings', source.spec(json(Reading), { from: 'body', path: ['id'] }))
      const windows = readings.pipe(
        eventTime(r => r.at, { outOfOrderness: '1s' }),
        aggregate('windows', { by: r => ({ room: r.room }), over: tumbling('5s') }, { peak: max(r => r.celsius), n: count() }),
      )
      return [
        windows.pipe(into(peers.windows.spec('windows-out', isAlive))),
        windows.pipe(into(view('peaks'))),
        readings.pipe(into(peers.raw.spec('raw', isAlive))),
      ]
    })
    for (const chunk of waiting) source.send(...chunk)
    source.end()
    const time = virtualTime(start + life * 1_000)
    const lock = async () => ({ release: async () => {} })
    const tuning = { snapshotEntries, segmentBytes: 700 }
    let failed: unknown
    let ended = false
    const running = startJobs({ jobs: [one], log: recordingLog(), env: {}, dataDir: 'data', disk, lock, time, reached, tuning })
    running.then(
      async jobs => {
        failed = (await jobs.done)[0]!.error
        ended = true
      },
      error => {
        failed = error
        ended = true
      },
    )
    for (let ms = 0; ms < 20_000 && isAlive() && !ended; ms += 10) await time.advance(10)
    if (remains) {
      disk = remains
      continue
    }
    expect({ failed, ended, life }).toEqual({ failed: undefined, ended: true, life })
    expect(source.unsettled.size + source.queue.length).toBe(0)
    const peaks = (await running).host.views().find(({ id }) => id === 'peaks')!
    return { ...peers, disk, view: peaks.latest(1_000).length }
  }
}

/** The messages in the dead-letter file, and the ids of the rows. */
const letters = (disk: MemoryDisk): string[] =>
  new TextDecoder()
    .decode(disk.files.get('data/dead-letters.ndjson'))
    .split('\n')
    .filter(line => line !== '')
    .flatMap(line => {
      const message = Buffer.from((JSON.parse(line) as { bytes: string }).bytes, 'base64').toString()
      return (JSON.parse(message) as { ids?: string[] }).ids ?? message
    })

const message = fc.record({
  room: fc.constantFrom('a', 'b', 'c'),
  celsius: fc.oneof({ weight: 6, arbitrary: fc.integer({ min: -20, max: 40 }) }, { weight: 1, arbitrary: fc.constantFrom('hot', tooHot) }),
  at: fc.integer({ min: start, max: start + 30_000 }),
})

test('a job that is killed again and again gives what one that lives gives: each result and each dead letter once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(message, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 10 }),
      fc.array(fc.record({ after: fc.nat(60), powerLoss: fc.boolean() }), { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 5 }),
      fc.infiniteStream(fc.boolean()),
      async (chunks, kills, snapshotEntries, sectors) => {
        let id = 0
        const messages = chunks.map(chunk => chunk.map(fields => ({ id: `m${id++}`, ...fields })))
        const survives = (): boolean => sectors.next().value ?? true
        const whole = await run(messages, [], snapshotEntries, survives)
        const killed = await run(messages, kills, snapshotEntries, survives)
        expect([...killed.windows.conflicts, ...killed.raw.conflicts]).toEqual([])
        expect(Object.fromEntries(killed.windows.rows)).toEqual(Object.fromEntries(whole.windows.rows))
        expect(Object.fromEntries(killed.windows.refused)).toEqual(Object.fromEntries(whole.windows.refused))
        // Rows without a window have the names of their entries, of which a life more has other ones.
        expect([...killed.raw.rows.values()].sort()).toEqual([...whole.raw.rows.values()].sort())
        expect([...killed.raw.refused.values()].sort()).toEqual([...whole.raw.refused.values()].sort())
        expect(killed.view).toBe(whole.view)
        const bad = messages.flat().filter(({ celsius }) => celsius === 'hot')
        const refused = [...killed.windows.refused.keys(), ...killed.raw.refused.keys()]
        expect(letters(killed.disk).sort()).toEqual([...bad.map(one => JSON.stringify(one)), ...refused].sort())
      },
    ),
    { numRuns: 60 },
  )
}, 120_000)
