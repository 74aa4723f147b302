import { describe, expect, test } from 'vitest'
import { json } from '../../src/codecs/json.js'
import type { Job } from '../../src/job/graph.js'
import { job } from '../../src/job/job.js'
import { memoryDisk } from '../../src/journal/memory-disk-fixture.js'
import { integer, schema } from '../../src/model/fields.js'
import { into } from '../../src/operators/into.js'
import { mapRows } from '../../src/operators/map-rows.js'
import { systemTime } from '../../src/runtime/seams/system-time.js'
import { type StartOptions, startJobs } from '../../src/runtime/start-jobs.js'
import { recordingLog } from '../support/recording-log.js'
import { until } from '../support/until.js'
import { FakeSink } from './fake-sink.js'
import { FakeSource } from './fake-source.js'

const Reading = schema({ n: integer() })
const many = 4_000
/** Twenty seconds for all of them. */
const slowMs = 5
/** Real ms, on a machine under load. */
const soon = 1_500
const upTo = (end: number) => Array.from({ length: end }, (_, n) => n)

/** A job on one data folder, in one life after another. */
function plant() {
  const source = new FakeSource()
  const sink = new FakeSink()
  const disk = memoryDisk()
  const log = recordingLog()
  const at = { rowMs: 0, mapped: 0, held: 0, breaks: false }
  const sound = job('slow', ({ read }) => [
    read('readings', source.spec(json(Reading), { from: 'body', path: ['n'] })).pipe(
      mapRows('map', Reading, row => {
        for (const end = performance.now() + at.rowMs; performance.now() < end; );
        at.mapped++
        return row
      }),
      into(sink.spec('rows')),
    ),
  ])
  const start: Job['start'] = options => {
    const graph = sound.start(options)
    const push = graph.push.bind(graph)
    graph.push = (id, batch) => {
      if (at.breaks && batch.length > 0) {
        at.breaks = false
        at.mapped = 0
        throw new TypeError('x is undefined')
      }
      push(id, batch)
    }
    return graph
  }
  const lock = async () => {
    at.held++
    return { release: async () => void at.held-- }
  }
  return {
    ...{ source, sink, log, at },
    codes: () => log.lines.flatMap(({ level, fields }) => (level === 'info' ? [] : [fields['code']])),
    begin: (more: Partial<StartOptions> = {}) =>
      startJobs({ jobs: [{ ...sound, start }], log, env: {}, time: systemTime, dataDir: 'data', disk, lock, ...more }),
  }
}

async function took(work: Promise<unknown>): Promise<number> {
  const began = performance.now() - (systemTime.starved?.() ?? 0)
  await work
  return performance.now() - (systemTime.starved?.() ?? 0) - began
}

describe('a recovery that takes long', () => {
  test('is left when its start is: no source is opened, the folder is free, and the next start takes it in once', async () => {
    const { source, sink, at, begin, codes } = plant()
    source.send(...upTo(many).map(n => ({ n })))
    at.rowMs = slowMs
    const first = await begin()
    await until('it is amid the chunk', () => at.mapped > 30)
    await first.stop(100)
    expect(codes()).toEqual(['MR415'])
    const { opened } = source

    at.mapped = 0
    const asked = new AbortController()
    const second = begin({ signal: asked.signal }).catch((error: unknown) => error)
    await until('it is amid the chunk again', () => at.mapped > 30)
    asked.abort()
    expect(await took(second)).toBeLessThan(soon)
    expect(await second).toMatchObject({
      code: 'MR416',
      message: "the start of 'slow' was left at entry 2 of 2: the next one takes in the whole journal again",
    })
    expect(at.mapped).toBeLessThan(many / 2)
    expect(at.held).toBe(0)
    expect(source.opened).toBe(opened)
    expect(sink.rows).toEqual([])

    at.rowMs = 0
    const third = await begin({ signal: new AbortController().signal })
    await until('all rows are there', () => sink.rows.length >= many)
    expect(third.host.jobs()[0]!.counts).toMatchObject({ received: many, counted: many, duplicate: 0 })
    await third.stop()
    expect(sink.rows.map(({ n }) => n)).toEqual(upTo(many))
  })

  test.each([
    ['a stop', { call: 'stop', ms: 30_000 }],
    ['a drain whose time is over', { call: 'drain', ms: 50 }],
  ] as const)('is left by %s where a broken run begins anew', async (_, { call, ms }) => {
    const { source, sink, at, begin, codes, log } = plant()
    const jobs = await begin()
    source.send(...upTo(many).map(n => ({ n })))
    await until('all rows are there', () => sink.rows.length === many)
    Object.assign(at, { breaks: true, rowMs: slowMs })
    source.send({ n: many })
    await until('it is amid the chunk again', () => !at.breaks && at.mapped > 30)
    expect(await took(call === 'stop' ? jobs.stop(ms) : jobs.drain({ firePartial: false, deadlineMs: ms }))).toBeLessThan(soon)
    expect(await jobs.done).toEqual([{ job: 'slow', error: undefined }])
    expect(codes()).toEqual(['MR410', 'MR416'])
    expect(log.lines.at(-1)?.level).toBe('warn')
    expect(at.held).toBe(0)

    at.rowMs = 0
    const next = await begin()
    await until('the last row is there', () => sink.rows.length > many)
    await next.stop()
    expect(sink.rows.map(({ n }) => n)).toEqual(upTo(many + 1))
  })

  test('of a start that nobody waits for any more, nothing is opened', async () => {
    const { source, at, begin } = plant()
    await expect(begin({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'MR416' })
    expect(at.held).toBe(0)
    expect(source.opened).toBe(0)
  })
})
