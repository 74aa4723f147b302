import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { reading, rig, start } from '../runtime/rig.js'
import { folder, lived, recut, replayed } from './replay-rig.js'

const ids = { from: 'body', path: ['id'] } as const

/** A quarter of a minute of two rooms, in chunks, with a bad message, a late row, a duplicate and silences. */
const feed = (source: ReturnType<typeof rig>['source']) => async (time: { advance(ms: number): Promise<void> }) => {
  source.send(reading(start + 100, 1, 'a', '1'), reading(start + 200, 4, 'b', '2'), 'no reading')
  await time.advance(500)
  source.send(reading(start + 4_900, 9, 'a', '3'), reading(start + 6_500, 3, 'b', '4'), reading(start + 6_600, 2, 'a', '5'))
  await time.advance(1_500)
  source.send(reading(start + 6_500, 3, 'b', '4'), reading(start + 200, 7, 'a', '6'))
  await time.advance(20_000)
  source.send(reading(start + 30_000, 5, 'a', '7'))
  await time.advance(500)
}

async function recorded() {
  const data = folder()
  const live = rig('climate', ids)
  const text = await lived(data, live, feed(live.source))
  return { data, text }
}

describe('a replay', () => {
  test('gives what the job gave, to the byte, and again', async () => {
    const { data, text } = await recorded()
    expect(text.split('\n').length).toBeGreaterThan(8)
    const first = await replayed(data, rig('climate', ids).job)
    expect(first.text).toBe(text)
    expect((await replayed(data, rig('climate', ids).job)).text).toBe(text)
    expect(first.letters).toEqual(['2 MR201'])
    expect(first.summary).toMatchObject({
      job: 'climate',
      beginning: { from: 'fresh', whole: true },
      first: 1,
      counts: { received: 9, duplicate: 1, late: 1, deadLettered: 1, results: text.split('\n').length - 1 },
    })
  })

  test('gives the same however batches are cut', async () => {
    const { data, text } = await recorded()
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 10 }), async lengths => {
        let at = 0
        const { job } = rig('climate', ids)
        expect(
          (
            await replayed(
              data,
              recut(job, () => lengths[at++ % lengths.length]!),
            )
          ).text,
        ).toBe(text)
      }),
      { numRuns: 25 },
    )
  })

  test('opens no source and no sink, and leaves the folder as it is', async () => {
    const { data } = await recorded()
    const files = () => [...data.disk.files].map(([path, bytes]) => [path, Buffer.from(bytes).toString('base64')])
    const before = files()
    const { source, sink, job } = rig('climate', ids)
    await replayed(data, job)
    expect(source.opened).toBe(0)
    expect(sink.attempts).toBe(0)
    expect(files()).toEqual(before)
  })

  test('runs while the job does', async () => {
    const data = folder()
    const live = rig('climate', ids)
    let during = ''
    const text = await lived(data, live, async time => {
      await feed(live.source)(time)
      during = (await replayed(data, rig('climate', ids).job)).text
    })
    expect(during).toBe(text)
  })
})

describe('a stretch', () => {
  test('goes from entry to entry, both included, and by time', async () => {
    const { data, text } = await recorded()
    const { job } = rig('climate', ids)
    const whole = await replayed(data, job)
    const { last, ended } = whole.summary
    const part = await replayed(data, rig('climate', ids).job, { to: { entry: last - 1 } })
    expect(part.summary).toMatchObject({ first: 1, last: last - 1, entries: last - 1 })
    expect(text.startsWith(part.text)).toBe(true)
    const byTime = await replayed(data, rig('climate', ids).job, { from: { time: start + 400 }, to: { time: ended } })
    expect(byTime.summary.first).toBeGreaterThan(2)
    expect(byTime.summary.last).toBe(last)
  })

  test('that begins in the middle begins afresh, knows ids from before, and says so', async () => {
    const { data } = await recorded()
    const { summary } = await replayed(data, rig('climate', ids).job, { from: { entry: 4 } })
    expect(summary.beginning).toEqual({ from: 'fresh', whole: false })
    // The message that came twice came first before the stretch.
    expect(summary.counts).toMatchObject({ duplicate: 1 })
  })

  test('begins from a snapshot that fits', async () => {
    const data = folder()
    const live = rig('climate', ids)
    const first = await lived(data, live, feed(live.source))
    const again = rig('climate', ids)
    const second = await lived(
      data,
      again,
      async time => {
        again.source.send(reading(start + 31_000, 6, 'a', '8'), reading(start + 40_000, 1, 'a', '9'))
        await time.advance(500)
      },
      { at: start + 32_000 },
    )
    const whole = await replayed(data, rig('climate', ids).job)
    expect(whole.text).toBe(first + second)
    const { last } = whole.summary
    const tail = await replayed(data, rig('climate', ids).job, { from: { entry: last } })
    expect(tail.summary.beginning).toMatchObject({ from: 'snapshot' })
    expect(tail.text).toBe(second)
    expect(tail.summary.counts.received).toBe(2)
    // Another window is other state: the replay begins afresh.
    const other = await replayed(data, rig('climate', ids, '10s').job, { from: { entry: last } })
    expect(other.summary.beginning).toEqual({ from: 'fresh', whole: false })
  })

  test('that is not there is an error that says what is there', async () => {
    const { data } = await recorded()
    const { job } = rig('climate', ids)
    const whole = await replayed(data, rig('climate', ids).job)
    const { first, last, began, ended } = whole.summary
    const text = (entry: number, ms: number) => `entry ${entry}, of ${new Date(ms).toISOString()}`
    const refused = (stretch: Parameters<typeof replayed>[2], what: string) =>
      expect(replayed(data, job, stretch)).rejects.toMatchObject({ code: 'MR462', message: expect.stringContaining(what) })
    await refused({ from: { entry: 1_000 } }, `ends with ${text(last, ended)}, before the stretch begins`)
    await refused({ from: { time: ended + 1 } }, `ends with ${text(last, ended)}, before the stretch begins`)
    await refused({ to: { time: began - 1 } }, `the oldest that is kept is ${text(first, began)}, which is behind its end`)
    await refused(
      { from: { entry: 3 }, to: { entry: 2 } },
      'no entry lies in the stretch: the first at or behind its beginning is entry 3, of ',
    )
    // Nothing came in between.
    const gap = { from: { time: ended - 20 }, to: { time: ended - 10 } }
    await refused(gap, 'no entry lies in the stretch: the first at or behind its beginning is entry ')
    await expect(replayed(folder(), job)).rejects.toMatchObject({ code: 'MR462' })
  })
})
