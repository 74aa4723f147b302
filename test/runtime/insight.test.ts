import { describe, expect, test } from 'vitest'
import { convert, reject } from '../../src/codecs/convert.js'
import { csv } from '../../src/codecs/csv.js'
import { json } from '../../src/codecs/json.js'
import { job } from '../../src/job/job.js'
import { MillraceError } from '../../src/model/errors/millrace-error.js'
import { number, schema } from '../../src/model/fields.js'
import type { TapEvent } from '../../src/model/tap-event.js'
import { eventTime } from '../../src/operators/event-time.js'
import { into } from '../../src/operators/into.js'
import { mapRows } from '../../src/operators/map-rows.js'
import { systemTime } from '../../src/runtime/seams/system-time.js'
import { virtualTime } from '../../src/runtime/seams/virtual-time.js'
import { startJobs } from '../../src/runtime/start-jobs.js'
import { view } from '../../src/views/view-sink.js'
import { memoryFolder } from '../support/memory-folder.js'
import { silentLog } from '../support/silent-log.js'
import { until } from '../support/until.js'
import { FakeSink } from './fake-sink.js'
import { FakeSource } from './fake-source.js'
import { Reading, reading, rig, running, start } from './rig.js'

const hour = 3_600_000

test('a late row names the window that it missed, and by how much', async () => {
  const one = rig()
  const { time, host, jobs } = await running([one])
  one.source.send(reading(start, 1), reading(start + 11_000, 2))
  await time.advance(100)
  one.source.send(reading(start + 1_000, 9, 'b'))
  await time.advance(100)
  const late = host.lateRows('climate', 10)!
  // The watermark is 1 s and 1 ms behind the newest reading, the window of five seconds ended at 1,005,000.
  expect(late).toMatchObject([
    {
      job: 'climate',
      node: 'windows',
      eventTime: start + 1_000,
      window: { start, end: start + 5_000 },
      missedBy: 5_000,
      row: { celsius: 9 },
    },
  ])
  expect(host.lateRows('nobody', 10)).toBeUndefined()
  await jobs.stop()
})

test('an edge shows a sample of what passes, until the job ends; there are twenty taps at most', async () => {
  const one = rig()
  const { time, host, jobs } = await running([one])
  const heard: TapEvent[] = []
  const ends: string[] = []
  const { edges } = host.graph('climate')!
  const { from, to } = edges.find(edge => edge.to === 'windows')!
  const close = host.tap('climate', from, to, { heard: event => heard.push(event), ended: reason => ends.push(reason) })
  one.source.send(...Array.from({ length: 100 }, (_, i) => reading(start + i, i)))
  await time.advance(1_100)
  expect(heard.reduce((sum, { passed }) => sum + passed, 0)).toBe(100)
  expect(heard[0]!.rows.length).toBeLessThanOrEqual(5)
  expect(heard[0]!.rows.at(-1)).toMatchObject({ eventTime: start + 99, row: { celsius: 99 } })
  expect(() => host.tap('climate', 'nowhere', to, { heard() {}, ended() {} })).toThrow(expect.objectContaining({ code: 'MR470' }))
  const more = Array.from({ length: 19 }, () => host.tap('climate', from, to, { heard() {}, ended() {} }))
  expect(() => host.tap('climate', from, to, { heard() {}, ended() {} })).toThrow(expect.objectContaining({ code: 'MR471' }))
  for (const end of more) end?.()
  await jobs.stop()
  expect(ends).toHaveLength(1)
  close?.()
})

describe('a dead letter that comes in again', () => {
  /** A reading whose clock is two hours ahead is refused; two hours later it is right. */
  async function refused(data: ReturnType<typeof memoryFolder>) {
    const one = rig('climate', { from: 'body', path: ['id'] })
    const first = await running([one], data)
    one.source.send(reading(start, 1, 'a', 'now'), reading(start + 2 * hour, 2, 'a', 'ahead'))
    await first.time.advance(100)
    const [letter] = first.host.deadLetters({})
    expect(letter).toMatchObject({ code: 'MR157', source: 'readings' })
    await first.time.advance(2 * hour)
    return { one, ...first, id: letter!.id }
  }
  const peaks = (rows: readonly { readonly [key: string]: unknown }[]) => rows.map(({ peak, n }) => [peak, n])
  const once = [1, 2, 3].map(peak => [peak, 1])

  test.each(['goes on', 'loses its power after the retry'])('counts once, though its id is known, where the machine %s', async what => {
    const data = memoryFolder()
    const { one, host, jobs, time, id } = await refused(data)
    const retried = await host.retryDeadLetter(id)
    expect(retried?.retriedAt).toBeGreaterThanOrEqual(start + 2 * hour)
    await expect(host.retryDeadLetter(id)).rejects.toMatchObject({ code: 'MR473' })
    if (what === 'goes on') {
      one.source.send(reading(start + 2 * hour + 60_000, 3, 'a', 'later'))
      await time.advance(60_000)
      expect(peaks(one.sink.rows)).toEqual(once)
      await jobs.stop()
      return
    }
    const left = data.disk.afterPowerLoss(() => false)
    const after = rig('climate', { from: 'body', path: ['id'] })
    const second = await running([after], { ...memoryFolder(left), time: virtualTime(start + 2 * hour + 1_000) })
    await expect(second.host.retryDeadLetter(id)).rejects.toMatchObject({ code: 'MR473' })
    after.source.send(reading(start + 2 * hour + 60_000, 3, 'a', 'later'))
    await second.time.advance(60_000)
    expect(peaks([...one.sink.rows, ...after.sink.rows])).toEqual(once)
    await second.jobs.stop()
    await jobs.stop()
  })

  test('is refused while the job does not run', async () => {
    const data = memoryFolder()
    const { host, jobs, id } = await refused(data)
    await jobs.stop()
    await expect(host.retryDeadLetter(id)).rejects.toMatchObject({ code: 'MR475' })
    expect(await host.retryDeadLetter('nobody')).toBeUndefined()
  })

  test('is named by its new letter where it is refused again', async () => {
    const one = rig()
    const { time, host, jobs } = await running([one])
    one.source.send(reading(start + 2 * hour))
    await time.advance(100)
    const [letter] = host.deadLetters({ retryable: true })
    const retried = await host.retryDeadLetter(letter!.id)
    const [newest] = host.deadLetters({})
    expect(newest!.id).not.toBe(letter!.id)
    expect(retried).toMatchObject({ id: letter!.id, retryable: false, refusedAgain: newest!.id })
    expect(host.deadLetters({ retryable: true }).map(({ id }) => id)).toEqual([newest!.id])
    expect(host.deadLetters({ id: letter!.id })).toEqual([expect.objectContaining({ retriedAt: expect.any(Number) })])
    // Where there is no journal, what comes after is shown at once, as before.
    one.source.send(reading(start, 1), reading(start + 11_000, 2))
    await time.advance(100)
    one.source.send(reading(start + 1_000, 9, 'b'))
    await time.advance(100)
    expect(host.lateRows('climate', 10)).toMatchObject([{ row: { celsius: 9 } }])
    await jobs.stop()
  })

  test('is named by its new letter also where the journal is quicker than the converter', async () => {
    const source = new FakeSource()
    const slow = convert(Reading, () => {
      for (const end = performance.now() + 20; performance.now() < end; ) Math.sqrt(end)
      return reject('never')
    })
    const one = job('slow', ({ read }) => [read('readings', source.spec(slow)).pipe(into(view('rows')))])
    const jobs = await startJobs({ jobs: [one], log: silentLog, env: {}, time: systemTime, ...memoryFolder() })
    source.send(reading(start))
    const letter = await until('it is refused', () => jobs.host.deadLetters({ retryable: true })[0])
    const retried = await jobs.host.retryDeadLetter(letter.id)
    expect(retried).toMatchObject({ id: letter.id, refusedAgain: expect.any(String) })
    expect(retried!.refusedAgain).toBe(jobs.host.deadLetters({ retryable: true })[0]!.id)
    await jobs.stop()
  })

  /** Records of a CSV file, whose header came with their chunk. */
  test.each(['goes on', 'is killed'])('is read by the header of its file, where the process %s', async what => {
    const data = memoryFolder()
    const records = () => {
      const it = { source: new FakeSource(), sink: new FakeSink() }
      it.source.head = 'room,celsius,at\n'
      const climate = job('climate', ({ read }) => [
        read('readings', it.source.spec(csv(Reading))).pipe(
          eventTime(r => r.at, { outOfOrderness: '1s' }),
          into(it.sink.spec('out')),
        ),
      ])
      return { ...it, job: climate }
    }
    const one = records()
    const first = await running([one], data)
    one.source.send(`a,1,${start}`, `a,2,${start + hour}`)
    await first.time.advance(100)
    const [letter] = first.host.deadLetters({})
    expect(letter).toMatchObject({ code: 'MR157', retryable: true, sample: `a,2,${start + hour}` })
    await first.time.advance(hour)
    const last = what === 'goes on' ? one : records()
    const left = memoryFolder(data.disk.afterPowerLoss(() => true))
    const second = what === 'goes on' ? first : await running([last], { ...left, time: virtualTime(start + hour + 1_000) })
    expect(await second.host.retryDeadLetter(letter!.id)).toMatchObject({ retryable: false })
    await second.time.advance(1_000)
    expect(last.sink.rows.at(-1)).toMatchObject({ celsius: 2, at: start + hour })
    expect(second.counts()).toMatchObject({ received: 3, deadLettered: 1, counted: 2 })
    await second.jobs.stop()
  })

  test('is refused where a part of its message has counted', async () => {
    const it = { source: new FakeSource(), sink: new FakeSink() }
    const plant = job('plant', ({ read }) => {
      const readings = read('readings', it.source.spec(json(Reading)))
      const checked = mapRows<{ readonly celsius: number }, { readonly celsius: number }>('check', schema({ celsius: number() }), row => {
        if (row.celsius > 100) throw new Error('too hot to be true')
        return { celsius: row.celsius }
      })
      return [readings.pipe(into(it.sink.spec('all'))), readings.pipe(checked, into(view('checked')))]
    })
    const { time, host, jobs } = await running([{ ...it, job: plant }])
    it.source.send(reading(start, 20), reading(start, 200))
    await time.advance(100)
    expect(it.sink.rows).toHaveLength(2)
    const [letter] = host.deadLetters({})
    expect(letter).toMatchObject({ code: 'MR161', path: 'check' })
    expect(letter).not.toHaveProperty('retryable')
    await expect(host.retryDeadLetter(letter!.id)).rejects.toMatchObject({ code: 'MR474', action: 'refuse' })
    await jobs.stop()
  })

  test('is refused where the job has its source no more, and said not to be retryable', async () => {
    const data = memoryFolder()
    const { jobs, id } = await refused(data)
    await jobs.stop()
    const other = { source: new FakeSource(), sink: new FakeSink() }
    const renamed = job('climate', ({ read }) => [
      read('measurements', other.source.spec(json(Reading))).pipe(into(other.sink.spec('out'))),
    ])
    const second = await running([{ ...other, job: renamed }], {
      ...memoryFolder(data.disk.afterPowerLoss(() => true)),
      drop: ['windows', 'eventTime-1', 'view:peaks'],
    })
    const [letter] = second.host.deadLetters({})
    expect(letter).toMatchObject({ id, retryable: false })
    expect(second.host.deadLetters({ retryable: true })).toEqual([])
    await expect(second.host.retryDeadLetter(id)).rejects.toMatchObject({
      code: 'MR472',
      message: `'climate' has no source 'readings' any more, which '${id}' came from`,
    })
    await second.jobs.stop()
  })

  test('is refused where it is an output that its sink refused', async () => {
    const one = rig()
    const { time, host, jobs } = await running([one])
    one.sink.failures = [new MillraceError('MR342', 'the server answered 400')]
    one.source.send(reading(start, 1), reading(start + 20_000, 2))
    await time.advance(100)
    const [letter] = host.deadLetters({ source: 'out' })
    expect(letter).toMatchObject({ code: 'MR342' })
    expect(letter).not.toHaveProperty('retryable')
    await expect(host.retryDeadLetter(letter!.id)).rejects.toMatchObject({
      code: 'MR472',
      message: `'${letter!.id}' is no message as a source gave it: 'out' is a sink, which refused what it was sent`,
    })
    await jobs.stop()
  })
})
