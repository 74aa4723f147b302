import { expect, test } from 'vitest'
import { MillraceError } from '../../src/model/errors/millrace-error.js'
import { reading, rig, running, start } from './rig.js'

test('a broker away for two minutes makes no row late that was in order', async () => {
  const { source, sink, job } = rig()
  const { time, jobs, counts, host } = await running([{ source, sink, job }])
  for (let second = 0; second < 10; second++) {
    source.send(reading(start + second * 1000))
    await time.advance(1000)
  }
  source.disconnect()
  await time.advance(120_000)
  expect(host.readiness().ready).toBe(false)
  expect(host.jobs()[0]!.state).toBe('waiting')
  expect(host.jobs()[0]!.attention[0]).toBe('readings has not been connected for 120 s: away')
  // What devices sent meanwhile waited in the broker.
  source.send(...Array.from({ length: 120 }, (_, i) => reading(start + (10 + i) * 1000)))
  source.reconnect()
  await time.advance(1000)
  for (let second = 131; second < 140; second++) {
    source.send(reading(start + second * 1000))
    await time.advance(1000)
  }
  expect(counts()).toMatchObject({ received: 139, counted: 139, late: 0 })
  expect(sink.rows.reduce((sum, row) => sum + (row['n'] as number), 0)).toBeGreaterThanOrEqual(130)
  await jobs.stop()
})

test('a process that slept counts one second, so nothing becomes late', async () => {
  const { source, sink, job } = rig()
  const { time, jobs, counts } = await running([{ source, sink, job }])
  source.send(reading(start))
  await time.advance(500)
  // The clock jumps while no timer runs, as after SIGSTOP or a laptop's sleep.
  await time.jump(60_000)
  source.send(reading(start + 1000), reading(start + 2000))
  await time.advance(100)
  expect(counts()).toMatchObject({ counted: 3, late: 0 })
  await jobs.stop()
})

test('a quiet source closes its windows by the clock', async () => {
  const { source, sink, job } = rig()
  const { time, jobs } = await running([{ source, sink, job }])
  source.send(reading(start + 100))
  await time.advance(1000)
  expect(sink.rows).toHaveLength(0)
  await time.advance(6000)
  expect(sink.rows).toHaveLength(1)
  await jobs.stop()
})

test('a slow sink holds the source back and its chunks stay unsettled', async () => {
  const { source, sink, job } = rig()
  const { time, jobs, host, counts } = await running([{ source, sink, job }], { outboxBytes: 2_000 })
  sink.held = true
  for (let i = 0; i < 200; i++) source.send(reading(start + i * 1000))
  await time.advance(5000)
  const { received } = counts()
  expect(received).toBeGreaterThan(1)
  expect(received).toBeLessThan(50)
  expect(source.queue.length).toBeGreaterThan(140)
  // The first six fired no window, so nothing of them was owed to the sink; the seventh fired one.
  expect(source.settled.at(-1)).toBe(6)
  expect(host.graph('climate')!.culprit).toMatchObject({
    node: 'sink:out',
    sentence: expect.stringMatching(/^out has waited \d+ s for .*; the sources wait$/),
  })
  expect(host.jobs()[0]!.attention.join()).toMatch(/^out has waited \d+ s for/)
  sink.release()
  await time.advance(1000)
  expect(counts().received).toBe(200)
  expect(source.settled.at(-1)).toBe(200)
  expect(sink.rows).toHaveLength(39)
  expect(host.graph('climate')!.culprit).toBeUndefined()
  await jobs.stop()
})

test('the graph names a source whose peer is away', async () => {
  const { source, sink, job } = rig()
  const { time, jobs, host } = await running([{ source, sink, job }])
  source.disconnect()
  await time.advance(500)
  expect(host.graph('climate')!.culprit).toBeUndefined()
  await time.advance(1000)
  expect(host.graph('climate')!.culprit).toEqual({ node: 'readings', sentence: 'readings is not connected: away' })
  source.reconnect()
  await time.advance(100)
  expect(host.graph('climate')!.culprit).toBeUndefined()
  await jobs.stop()
})

test('a failing sink is written again, in order, without loss', async () => {
  const { source, sink, job } = rig()
  const { time, jobs } = await running([{ source, sink, job }])
  sink.failures = [new Error('broken pipe'), new Error('broken pipe')]
  for (let i = 0; i < 5; i++) source.send(reading(start + i * 5000, i))
  await time.advance(10)
  expect(sink.rows).toHaveLength(0)
  await time.advance(1500)
  expect(sink.rows.slice(0, 4).map(row => row['peak'])).toEqual([0, 1, 2, 3])
  expect(sink.attempts).toBeGreaterThan(4)
  await jobs.stop()
})

test('duplicates count once; a known id with another body is processed and counted as reused', async () => {
  const { source, sink, job } = rig('climate', { from: 'body', path: ['id'] })
  const { time, jobs, counts, host } = await running([{ source, sink, job }])
  source.send(reading(start, 1, 'a', 'x'), reading(start, 2, 'a', 'y'), reading(start, 1, 'a', 'x'))
  await time.advance(10)
  expect(counts()).not.toHaveProperty('idReused')
  source.send(reading(start, 1, 'a', 'x'), reading(start, 3, 'a', 'y'), reading(start, 4))
  source.send(reading(start + 10_000))
  await time.advance(10)
  expect(counts()).toMatchObject({ received: 7, counted: 5, duplicate: 2, idReused: 1 })
  expect(await host.metrics()).toContain('millrace_ids_reused_total{job="climate"} 1')
  expect(sink.rows[0]).toMatchObject({ peak: 4, n: 4 })
  await jobs.stop()
})

test('poison goes to the dead letters with its bytes and is settled; its neighbours count', async () => {
  const { source, sink, job } = rig()
  const { time, jobs, counts, host } = await running([{ source, sink, job }])
  source.send('{"room":', reading(start), { room: 'a', celsius: 'warm', at: start }, reading(start + 3_600_000), Uint8Array.of(0xff, 0xfe))
  await time.advance(10)
  expect(counts()).toMatchObject({ received: 5, counted: 1, deadLettered: 4 })
  const letters = host.deadLetters({})
  expect(letters).toHaveLength(4)
  expect(new Set(letters.map(letter => letter.id)).size).toBe(4)
  const torn = letters.find(letter => letter.sample === '{"room":')!
  expect(new TextDecoder().decode(host.deadLetterBytes(torn.id))).toBe('{"room":')
  expect(host.deadLetters({ code: torn.code, job: 'climate' }).every(letter => letter.code === torn.code)).toBe(true)
  expect(host.deadLetters({ job: 'other' })).toEqual([])
  expect(source.settled).toEqual([1])
  await jobs.stop()
})

test('a source that fails is opened again; what it had not settled comes again', async () => {
  const { source, sink, job } = rig()
  const { time, jobs, counts } = await running([{ source, sink, job }])
  source.failNext = new Error('link detached')
  source.send(reading(start))
  await time.advance(10)
  source.send(reading(start + 1000))
  await time.advance(1000)
  expect(source.opened).toBe(2)
  expect(counts().received).toBe(2)
  await jobs.stop()
})

test('a job that must stop touches no other', async () => {
  const broken = rig('broken')
  const healthy = rig('healthy')
  const { time, jobs, host, counts } = await running([broken, healthy])
  broken.source.failNext = new MillraceError('MR421', 'cannot go on')
  broken.source.send(reading(start))
  await time.advance(10)
  broken.source.send(reading(start))
  healthy.source.send(reading(start), reading(start + 10_000))
  await time.advance(1000)
  expect(host.jobs().map(({ state }) => state)).toEqual(['failed', 'running'])
  expect(host.jobs()[0]!.error).toMatchObject({ code: 'MR421', message: 'cannot go on' })
  expect(counts(1).counted).toBe(2)
  expect(healthy.sink.rows).toHaveLength(1)
  await jobs.stop()
  expect((await jobs.done).map(({ job, error }) => [job, error?.code])).toEqual([
    ['broken', 'MR421'],
    ['healthy', undefined],
  ])
})

test('stop gives back what was not pushed; drain processes what has arrived, and fires windows when told', async () => {
  const { source, sink, job } = rig()
  const { time, jobs, counts } = await running([{ source, sink, job }])
  source.send(reading(start))
  source.send(reading(start + 1))
  const drained = jobs.drain({ firePartial: true })
  await time.advance(100)
  await drained
  expect(counts()).toMatchObject({ received: 2, counted: 2 })
  expect(sink.rows).toHaveLength(1)
  expect(sink.rows[0]).toMatchObject({ n: 2 })
  expect(source.closes).toEqual(['drain', 'release'])
  expect(source.unsettled.size).toBe(0)
})

test('two jobs of one id are refused before anything is opened', async () => {
  const one = rig('same')
  await expect(running([one, rig('same')])).rejects.toMatchObject({ code: 'MR430' })
  expect(one.source.opened).toBe(0)
})
