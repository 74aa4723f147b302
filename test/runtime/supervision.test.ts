import { expect, test } from 'vitest'
import { json } from '../../src/codecs/json.js'
import type { Job } from '../../src/job/graph.js'
import { job } from '../../src/job/job.js'
import { MillraceError } from '../../src/model/errors/millrace-error.js'
import { number, schema } from '../../src/model/fields.js'
import { into } from '../../src/operators/into.js'
import { FakeSink } from './fake-sink.js'
import { FakeSource } from './fake-source.js'
import { running } from './rig.js'

const S = schema({ n: number() })

/** A job whose graph breaks when a push carries a row above 100, as a defect of an operator would make it. */
function fragile(): { source: FakeSource; sink: FakeSink; job: Job } {
  const source = new FakeSource()
  const sink = new FakeSink()
  const sound = job('fragile', ({ read }) => [read('in', source.spec(json(S))).pipe(into(sink.spec('out')))])
  const start: Job['start'] = options => {
    const graph = sound.start(options)
    const push = graph.push.bind(graph)
    graph.push = (id, batch) => {
      const column = batch.columns['n']
      if (column?.type === 'number' && column.values.subarray(0, batch.length).some(value => value > 100))
        throw new TypeError('x is undefined')
      push(id, batch)
    }
    return graph
  }
  return { source, sink, job: { ...sound, start } }
}

test('a broken run is given up and begun anew; what it had not settled comes again', async () => {
  const { source, sink, job } = fragile()
  const { time, jobs, host, log } = await running([{ source, sink, job }])
  source.send({ n: 1 })
  await time.advance(10)
  source.send({ n: 101 })
  await time.advance(10)
  expect(log.lines.at(-1)).toMatchObject({ level: 'error', fields: { code: 'MR410' } })
  expect(host.jobs()[0]).toMatchObject({ state: 'starting' })
  expect(host.jobs()[0]!.attention[0]).toMatch(/^fragile failed and is started again: .*x is undefined/)
  expect(host.readiness()).toMatchObject({ ready: false, reasons: [expect.stringMatching(/^fragile is starting: .*x is undefined/)] })
  // The peer takes the poison back, as an operator of the system would arrange it.
  source.queue.length = 0
  source.send({ n: 2 })
  await time.advance(1000)
  expect(sink.rows).toEqual([{ n: 1 }, { n: 2 }])
  expect(host.jobs()[0]).toMatchObject({ state: 'running' })
  expect(host.jobs()[0]!.attention.join()).toMatch(/was restarted once: .*x is undefined/)
  // Positions rise over the restart.
  expect(sink.positions[1]!.entry).toBeGreaterThan(sink.positions[0]!.entry)
  await jobs.stop()
})

test('a run that breaks again and again is given up for good', async () => {
  const { source, sink, job } = fragile()
  const { time, jobs, host } = await running([{ source, sink, job }])
  source.send({ n: 101 })
  await time.advance(60_000)
  expect(host.jobs()[0]).toMatchObject({ state: 'failed', error: { code: 'MR411' } })
  expect((await jobs.done)[0]!.error?.message).toContain('x is undefined')
  expect(source.opened).toBe(6)
  expect(source.unsettled.size).toBe(0)
  expect(source.queue).toHaveLength(1)
})

test('sources take turns: a flood in one does not starve the other', async () => {
  const flood = new FakeSource()
  const trickle = new FakeSource()
  const sink = new FakeSink()
  const both = job('both', ({ read }) => [
    read('flood', flood.spec(json(S))).pipe(into(sink.spec('a'))),
    read('trickle', trickle.spec(json(S))).pipe(into(sink.spec('b'))),
  ])
  for (let n = 0; n < 50; n++) flood.send({ n })
  for (let n = 100; n < 103; n++) trickle.send({ n })
  const { time, jobs } = await running([{ source: flood, sink, job: both }])
  await time.advance(10)
  const order = sink.rows.map(row => row['n'] as number)
  expect(order).toHaveLength(53)
  expect(order.indexOf(102)).toBeLessThan(10)
  await jobs.stop()
})

test('metrics name what happened, with labels of the plan only', async () => {
  const { source, sink, job } = fragile()
  const { time, jobs, host } = await running([{ source, sink, job }])
  source.send({ n: 1 }, 'bad', { n: 2 })
  await time.advance(10)
  const text = await host.metrics()
  expect(text).toContain('millrace_messages_total{job="fragile",outcome="counted"} 2')
  expect(text).toContain('millrace_messages_total{job="fragile",outcome="deadLettered"} 1')
  expect(text).toContain('millrace_results_total{job="fragile"} 2')
  expect(text).toContain('millrace_sink_pending_rows{job="fragile",sink="out"} 0')
  expect(text).toContain('millrace_dead_letters_failing{job="fragile"} 0')
  expect(text).toContain('millrace_node_rows_total{job="fragile",node="sink:out",direction="in"} 2')
  await jobs.stop()
})

test('a source or sink that fails again and again says so in the log, once, with the place of what is no error of the catalogue', async () => {
  const { source, sink, job } = fragile()
  const { time, jobs, log } = await running([{ source, sink, job }])
  const full = new MillraceError('MR335', 'out.csv cannot be written: ENOSPC')
  sink.failures = Array.from({ length: 6 }, () => full)
  source.send({ n: 1 })
  await time.advance(60_000)
  expect(sink.rows).toEqual([{ n: 1 }])
  let isBroken = true
  Object.defineProperty(source, 'failNext', { get: () => (isBroken ? new TypeError('y is undefined') : undefined), set: () => undefined })
  source.send({ n: 2 })
  await time.advance(60_000)
  isBroken = false
  await time.advance(60_000)
  const told = (end: string) =>
    log.lines.filter(({ message }) => message.startsWith(end)).map(({ level, message, fields }) => ({ level, message, ...fields }))
  expect(told('sink ')).toEqual([
    {
      level: 'warn',
      message: "sink 'out' failed and is tried again: out.csv cannot be written: ENOSPC",
      code: 'MR335',
      job: 'fragile',
      hint: full.hint,
    },
    { level: 'info', message: "sink 'out' works again", job: 'fragile' },
  ])
  expect(told('source ')).toEqual([
    {
      level: 'warn',
      message: "source 'in' failed and is tried again: source 'in' failed: y is undefined",
      code: 'MR412',
      job: 'fragile',
      at: expect.stringContaining('supervision.test.ts'),
      hint: expect.stringContaining('opened again'),
    },
    { level: 'info', message: "source 'in' works again", job: 'fragile' },
  ])
  // Also when the sources have ended.
  sink.failures = Array.from({ length: 6 }, () => full)
  source.send({ n: 3 })
  source.end()
  await time.advance(60_000)
  expect(told('sink ').map(({ level }) => level)).toEqual(['warn', 'info', 'warn'])
  await jobs.stop()
})

test('a sink that stops the job once its sources have ended ends it at once, not after the time of a graceful stop', async () => {
  const { source, sink, job } = fragile()
  const { time, jobs, host } = await running([{ source, sink, job }])
  sink.held = true
  sink.failures = [new MillraceError('MR335', 'away')]
  source.send({ n: 1 })
  source.end()
  await time.advance(10)
  expect(host.jobs()[0]).toMatchObject({ state: 'draining' })
  sink.failures = [new MillraceError('MR343', 'redirects')]
  await time.advance(1_000)
  expect(host.jobs()[0]).toMatchObject({ state: 'failed', error: { code: 'MR343' } })
  await jobs.stop()
})
