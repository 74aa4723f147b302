import { tap } from 'rxjs'
import { afterEach, describe, expect, test } from 'vitest'
import { count } from '../../src/aggregates/count.js'
import { max } from '../../src/aggregates/max.js'
import { convert, emit, skip } from '../../src/codecs/convert.js'
import type { DecoderSpec } from '../../src/codecs/decoder.js'
import { json } from '../../src/codecs/json.js'
import { createServer } from '../../src/http/create-server.js'
import type { Job } from '../../src/job/graph.js'
import { job } from '../../src/job/job.js'
import type { JobGraph } from '../../src/model/api.js'
import type { RowInput, RowOf } from '../../src/model/schema.js'
import { aggregate } from '../../src/operators/aggregate.js'
import { eventTime } from '../../src/operators/event-time.js'
import { filterRows } from '../../src/operators/filter-rows.js'
import { into } from '../../src/operators/into.js'
import { mapRows } from '../../src/operators/map-rows.js'
import { merge } from '../../src/operators/merge.js'
import { rx } from '../../src/operators/rx.js'
import { systemTime } from '../../src/runtime/seams/system-time.js'
import { type RunningJobs, startJobs } from '../../src/runtime/start-jobs.js'
import { view } from '../../src/views/view-sink.js'
import { tumbling } from '../../src/windows/tumbling.js'
import { silentLog } from '../support/silent-log.js'
import { until } from '../support/until.js'
import { FakeSink } from './fake-sink.js'
import { FakeSource } from './fake-source.js'
import { Reading, reading, rig, running, start } from './rig.js'

/** Keeps a core for so long, as a slow function of a job's author does. */
function keepBusy(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end; ) Math.sqrt(end)
}

/** About so many milliseconds of work: as much of it on a machine under load, where it takes longer. */
function work(ms = 1): number {
  let sum = 0
  for (let i = 0; i < ms * 130_000; i++) sum += Math.sqrt(sum + i)
  return sum
}

/** A job whose operator `convert` does so for each row, or takes so many ms, and a window behind it. */
function converting(source: FakeSource, slowly: number | (() => void), decode: DecoderSpec<RowOf<typeof Reading>> = json(Reading)): Job {
  return job('plant', ({ read }) => [
    read('readings', source.spec(decode)).pipe(
      mapRows('convert', Reading, row => {
        if (typeof slowly === 'function') slowly()
        else if (slowly > 0) keepBusy(slowly)
        return { ...row, celsius: row.celsius + 1 }
      }),
      eventTime(r => r.at, { outOfOrderness: '1s' }),
      aggregate('windows', { by: r => ({ room: r.room }), over: tumbling('5s') }, { peak: max(r => r.celsius), n: count() }),
      into(view('peaks')),
    ),
  ])
}

describe('over HTTP', () => {
  const closing: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close()
  })

  interface Served {
    readonly jobs: RunningJobs
    readonly url: string
    readonly graph: () => Promise<JobGraph>
  }

  async function served(one: Job, time = systemTime): Promise<Served> {
    const jobs = await startJobs({ jobs: [one], log: silentLog, env: {}, dataDir: null, time })
    closing.push(() => jobs.stop())
    const bind = { host: '127.0.0.1', port: 0, portNamed: false }
    const server = await createServer({ host: jobs.host, bind, version: '0', time: systemTime, log: silentLog })
    closing.push(() => server.close())
    return { jobs, url: server.url, graph: async () => (await fetch(`${server.url}/api/v1/jobs/plant/graph`)).json() as Promise<JobGraph> }
  }

  /** Keeps some messages waiting at all times, each chunk of so many. */
  function flood(source: FakeSource, size: number): void {
    const messages = Array.from({ length: size }, (_, i) => new TextEncoder().encode(JSON.stringify(reading(start, i, `room-${i % 10}`))))
    const fill = setInterval(() => {
      while (source.queue.length < 100_000 / size) source.send(...messages)
    }, 1)
    closing.push(async () => clearInterval(fill))
  }

  test('an operator that is slow on purpose is named within ten seconds', async () => {
    const source = new FakeSource()
    const { graph } = await served(converting(source, () => work()))
    flood(source, 10)
    // Without what the machine gave to others.
    const own = () => performance.now() - (systemTime.starved?.() ?? 0)
    const began = own()
    const culprit = await until('somebody is named', async () => (await graph()).culprit)
    expect(own() - began).toBeLessThan(10_000)
    expect(culprit).toEqual({
      node: 'convert',
      sentence: expect.stringMatching(/^convert is slow: (\d+ µs|\d+\.\d m?s) a row; upstream waits$/),
    })
  })

  /** Until somebody is named; asks meanwhile whether the process is well, and gives the longest ms that this took. */
  async function named({ url, graph }: Served): Promise<{ readonly culprit: JobGraph['culprit']; readonly longest: number }> {
    let longest = 0
    const culprit = await until('somebody is named', async () => {
      const asked = own()
      expect((await fetch(`${url}/healthz`)).status).toBe(200)
      longest = Math.max(longest, own() - asked)
      return (await graph()).culprit
    })
    return { culprit, longest }
  }

  /** What an item costs, from a sentence. */
  const costOf = (sentence: string | undefined): number => {
    const [, amount, unit] = /is slow: ([\d.]+) (µs|ms) a/.exec(sentence ?? '') ?? []
    return Number(amount) / (unit === 'µs' ? 1_000 : 1)
  }

  /** Without what the machine gave to others. */
  const own = () => performance.now() - (systemTime.starved?.() ?? 0)

  test.each([0.1, 3, 50])(
    'an operator that takes %s ms a row, of 4,096 that came together, is named, and the process answers',
    async cost => {
      const source = new FakeSource()
      const slow = { ms: cost }
      const one = await served(converting(source, () => work(slow.ms)))
      flood(source, 4_096)
      const began = own()
      const { culprit, longest } = await named(one)
      const took = own() - began
      // A job that ends takes in the chunk at hand to its end.
      slow.ms = 0
      expect(took).toBeLessThan(10_000)
      expect(longest).toBeLessThan(1_000)
      expect(culprit?.node).toBe('convert')
      expect(costOf(culprit?.sentence)).toBeGreaterThan(cost / 4)
    },
  )

  test.each([0.1, 3, 50])('a converter that takes %s ms a message is named, rows or none', async cost => {
    const source = new FakeSource()
    const slow = { ms: cost }
    const decode = convert(Reading, message => {
      work(slow.ms)
      const one = message.json() as RowInput<RowOf<typeof Reading>>
      return one.room === 'room-0' ? emit(one) : skip()
    })
    const one = await served(converting(source, 0, decode))
    flood(source, 4_096)
    const began = own()
    const { culprit, longest } = await named(one)
    const took = own() - began
    slow.ms = 0
    expect(took).toBeLessThan(10_000)
    expect(longest).toBeLessThan(1_000)
    expect(culprit).toEqual({
      node: 'readings',
      sentence: expect.stringMatching(/^the decoder of readings is slow: .* a message; upstream waits$/),
    })
    expect(costOf(culprit?.sentence)).toBeGreaterThan(cost / 4)
  })

  test('an operator that becomes slow amid its work is named then', async () => {
    const source = new FakeSource()
    const slow = { ms: 0 }
    const one = await served(converting(source, () => work(slow.ms)))
    flood(source, 4_096)
    await until('it is at full speed', () => one.jobs.host.jobs()[0]!.counts.counted > 20_000)
    expect((await one.graph()).culprit).toBeUndefined()
    slow.ms = 20
    const began = own()
    const { culprit } = await named(one)
    const took = own() - began
    slow.ms = 0
    expect(took).toBeLessThan(10_000)
    expect(culprit?.node).toBe('convert')
  })

  /** Jobs whose results tell how their rows are cut: what the journal keeps of that says how they are cut again. */
  const cutShowing = (source: FakeSource, slow: { ms: number }, where: 'mapRows' | 'rx' | 'branch'): Job =>
    job('plant', ({ read }) => {
      const readings = read('readings', source.spec(json(Reading)))
      const each = (here: boolean) =>
        mapRows<RowOf<typeof Reading>, RowOf<typeof Reading>>(here ? 'convert' : 'plain', Reading, row => {
          if (here) work(slow.ms)
          return row
        })
      if (where === 'branch') {
        const cold = readings.pipe(filterRows('cold', r => r.celsius < 0))
        return [merge('all', readings.pipe(each(true)), cold).pipe(into(view('rows')))]
      }
      const audit = rx<RowOf<typeof Reading>>(
        where === 'rx' ? 'convert' : 'audit',
        tap(batch => void (where === 'rx' && work(slow.ms * batch.length))),
      )
      return [readings.pipe(each(where === 'mapRows'), audit, into(view('rows')))]
    })

  test.each([
    ['before an RxJS operator', 'mapRows', 50],
    ['that is an RxJS operator', 'rx', 50],
    ['of branches that meet again', 'branch', 50],
  ] as const)('an operator %s (%s) that takes %s ms a row is named, and the process answers', async (_, where, cost) => {
    const source = new FakeSource()
    const slow = { ms: cost as number }
    const one = await served(cutShowing(source, slow, where))
    flood(source, 4_096)
    const began = own()
    const { culprit, longest } = await named(one)
    const took = own() - began
    slow.ms = 0
    expect(took).toBeLessThan(10_000)
    expect(longest).toBeLessThan(1_000)
    expect(culprit?.node).toBe('convert')
    expect(costOf(culprit?.sentence)).toBeGreaterThan(cost / 4)
  })

  test('a sound job at full load names nobody', async () => {
    const source = new FakeSource()
    const { graph, jobs } = await served(converting(source, 0))
    flood(source, 500)
    const named: unknown[] = []
    const end = performance.now() + 6_000
    await until('six seconds', async () => {
      named.push((await graph()).culprit)
      return performance.now() > end
    })
    // It was under load indeed.
    expect(source.queue.length).toBeGreaterThan(50)
    expect(jobs.host.jobs()[0]!.rate).toBeGreaterThan(1_000)
    expect(named.filter(culprit => culprit !== undefined)).toEqual([])
  })

  test('what others of the machine take is not what a row costs', async () => {
    let [others, from] = [0, performance.now()]
    // As on a machine on which this process gets one thousandth of a core, until it has one of its own.
    const starved = () => others + (from > 0 ? (performance.now() - from) * 0.999 : 0)
    const source = new FakeSource()
    const { graph } = await served(converting(source, 0.3), { ...systemTime, starved })
    flood(source, 10)
    const named: unknown[] = []
    const end = performance.now() + 5_000
    await until('five seconds', async () => {
      named.push((await graph()).culprit)
      return performance.now() > end
    })
    expect(named.filter(culprit => culprit !== undefined)).toEqual([])
    ;[others, from] = [starved(), 0]
    await until('it is named now', async () => (await graph()).culprit?.node === 'convert')
  })

  test('a slow operator with time to spare holds nobody back', async () => {
    const source = new FakeSource()
    const { graph, jobs } = await served(converting(source, 5))
    const counted = () => jobs.host.jobs()[0]!.counts.counted
    for (let sent = 0; sent < 60; sent++) {
      source.send(reading(start))
      await until('it has counted', () => counted() > sent)
      // Time to spare, however long the row took on this machine.
      await new Promise(resolve => setTimeout(resolve, 50))
    }
    expect((await graph()).culprit).toBeUndefined()
  })
})

test('a sink that takes rows too slowly is named while the sources wait', async () => {
  const one = rig()
  const { time, jobs, host } = await running([one], { outboxBytes: 2_000 })
  one.sink.held = true
  for (let i = 0; i < 200; i++) one.source.send(reading(start + i * 5_000))
  await time.advance(400)
  expect(host.graph('climate')!.culprit).toEqual({
    node: 'sink:out',
    sentence: expect.stringMatching(/^out is slow: \d+ rows wait; upstream waits$/),
  })
  one.sink.release()
  await time.advance(1_000)
  expect(host.graph('climate')!.culprit).toBeUndefined()
  await jobs.stop()
})

describe('where two sources meet', () => {
  function meeting(closeWhenQuiet: boolean, before = false) {
    const [indoor, outdoor, sink] = [new FakeSource(), new FakeSource(), new FakeSink()]
    const one = job('climate', ({ read }) => {
      const inner = read('indoor', indoor.spec(json(Reading)))
      const outer = read('outdoor', outdoor.spec(json(Reading)))
      const options = { outOfOrderness: '1s', closeWhenQuiet } as const
      const all = before
        ? merge('both', inner, outer).pipe(eventTime(r => r.at, options))
        : merge('both', inner.pipe(eventTime(r => r.at, options)), outer.pipe(eventTime(r => r.at, options)))
      return [all.pipe(aggregate('windows', { by: r => ({ room: r.room }), over: tumbling('5s') }, { n: count() }), into(sink.spec('out')))]
    })
    return { indoor, outdoor, sink, source: indoor, job: one }
  }

  test('a silent source is named as what the others wait for', async () => {
    const it = meeting(false)
    const { time, jobs, host } = await running([it])
    it.outdoor.send(reading(start, 1))
    for (let second = 0; second < 42; second++) {
      it.indoor.send(reading(start + second * 1_000))
      await time.advance(1_000)
      if (second < 3) expect(host.graph('climate')!.culprit).toBeUndefined()
    }
    const { culprit, nodes } = host.graph('climate')!
    expect(culprit).toEqual({ node: 'outdoor', sentence: expect.stringMatching(/^outdoor has been idle for 4[12] s; both waits for it$/) })
    expect(nodes.find(({ id }) => id === 'outdoor')!.silentSince).toBeGreaterThan(start)
    expect(JSON.stringify(nodes)).not.toContain('NaN')
    it.outdoor.send(reading(start + 42_000))
    await time.advance(1_000)
    expect(host.graph('climate')!.culprit).toBeUndefined()
    expect(it.sink.rows.length).toBeGreaterThan(5)
    await jobs.stop()
  })

  test.each([
    ['whose windows the clock closes', true, false],
    ['that shares its watermark with one that flows', false, true],
  ])('a silent source %s is nobody to wait for', async (_, closeWhenQuiet, before) => {
    const it = meeting(closeWhenQuiet, before)
    const { time, jobs, host } = await running([it])
    it.outdoor.send(reading(start, 1))
    for (let second = 0; second < 42; second++) {
      it.indoor.send(reading(start + second * 1_000))
      await time.advance(1_000)
      expect(host.graph('climate')!.culprit).toBeUndefined()
    }
    expect(it.sink.rows.length).toBeGreaterThan(5)
    await jobs.stop()
  })

  test('a source that is away is named with who waits for it', async () => {
    const it = meeting(true)
    const { time, jobs, host } = await running([it])
    it.outdoor.send(reading(start, 1))
    await time.advance(100)
    it.outdoor.disconnect()
    for (let second = 0; second < 20; second++) {
      it.indoor.send(reading(start + second * 1_000))
      await time.advance(1_000)
    }
    expect(host.graph('climate')!.culprit).toEqual({ node: 'outdoor', sentence: 'outdoor is not connected: away; both waits for it' })
    await jobs.stop()
  })

  test('sources that are silent together hold nobody back', async () => {
    const it = meeting(false)
    const { time, jobs, host } = await running([it])
    it.outdoor.send(reading(start, 1))
    it.indoor.send(reading(start, 1))
    await time.advance(60_000)
    expect(host.graph('climate')!.culprit).toBeUndefined()
    await jobs.stop()
  })
})
