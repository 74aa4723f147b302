import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JobSummary } from '../../src/model/api.js'
import { until } from '../support/until.js'
import { expectedOf } from './expected-windows.js'
import { patience, StartedDemo } from './started-demo.js'

const minute = 60_000

/** The results of closed minutes, by mote and end: each once. */
async function closedWindows(demo: StartedDemo): Promise<ReadonlyMap<string, unknown>> {
  const rows = await demo.rows('climate')
  const found = new Map(rows.map(row => [`${row['mote']} ${Date.parse(String(row['window_end']))}`, row['n']]))
  expect(found.size, 'a window is there twice').toBe(rows.length)
  return found
}

/** A paused demo whose job has all that was sent: the rate is that of the last five seconds. */
const standing = (demo: StartedDemo): Promise<JobSummary> =>
  until(
    'the job has all, and nothing more is sent',
    async () => {
      const job = await demo.job()
      return job.counts.waiting === 0 && job.rate === 0 ? job : undefined
    },
    patience.step,
  )

/** Every closed minute holds exactly the readings sent for it, and none is missing. */
async function expectExact(demo: StartedDemo): Promise<number> {
  const found = await closedWindows(demo)
  // Behind them: the clock of the data may go on by minutes in between.
  const { now } = await demo.job()
  const newest = Math.max(...[...found.keys()].map(name => Number(name.split(' ')[1])))
  // Far enough ahead that all readings of these minutes were sent, the late ones too.
  const { windows } = expectedOf(now + 5 * minute)
  const expected = [...windows].filter(([name]) => Number(name.split(' ')[1]) <= newest)
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected))
  return found.size
}

describe('what can be done to the demo', { timeout: patience.test }, () => {
  let demo: StartedDemo
  beforeAll(async () => {
    demo = await StartedDemo.start()
    await until('first results', async () => ((await demo.rows('climate')).length > 0 ? true : undefined), patience.step)
  })
  afterAll(() => demo?.remove())

  test('its job promises exactly once, and keeps that promise', async () => {
    expect((await demo.job()).guarantee.level).toBe('exactly-once')
    const { actions } = await demo.status()
    expect(actions.map(({ action, key }) => `${key} ${action}`)).toEqual([
      'space pause',
      'l late',
      'b bad',
      'd duplicates',
      'u unplug',
      'k kill',
    ])
  })

  // That each shows within a second is measured by scripts/demo-times.js, on a machine that does nothing else.
  test('a late burst, a bad message and duplicates show, with what was counted', async () => {
    const before = (await demo.job()).counts
    const late = await demo.act('late')
    expect(late.sentence).toMatch(/^24 readings were sent 7 minutes late: .+; no result changed\./)
    // A busy machine says so later, in a sentence of its own.
    await demo.saying(late.id, /all (24|of them) are counted as late/)
    const bad = await demo.act('bad')
    expect(bad.sentence).toMatch(/^A message was sent .+; its neighbours were not disturbed, and no result changed\./)
    await demo.saying(bad.id, /it is a dead letter/)
    const duplicates = await demo.act('duplicates')
    expect(duplicates.sentence).toMatch(/^The last 24 messages of the devices were sent a second time: .+; no result changed\./)
    await demo.saying(duplicates.id, /all were known by their ids and dropped/)
    const after = (await demo.job()).counts
    expect(after.late - before.late).toBeGreaterThanOrEqual(24)
    expect(after.deadLettered - before.deadLettered).toBeGreaterThanOrEqual(1)
    expect(after.duplicate - before.duplicate).toBeGreaterThanOrEqual(24)
    await expectExact(demo)
  })

  test('a pause stops the clock of the data and nothing else; going on makes nothing late', async () => {
    await demo.act('pause')
    const { now, counts } = await standing(demo)
    expect((await demo.request('pause')).status).toBe(409)
    expect((await demo.job()).now).toBe(now)
    await demo.act('resume')
    await until(
      'more is received',
      async () => ((await demo.job()).counts.received > counts.received + 20 ? true : undefined),
      patience.step,
    )
    await expectExact(demo)
  })

  test('killed twice in a row, and while it is paused, it loses nothing and has nothing twice', async () => {
    const before = await closedWindows(demo)
    const first = await demo.act('kill')
    const second = await demo.act('kill')
    for (const { sentence } of [first, second]) {
      expect(sentence).toMatch(
        /ended with SIGKILL and process \d+ went on .+ after \d+\.\d s, recovery .+ took (?:\d+ ms|\d+(?:\.\d)? s) of it\./,
      )
      // More may be known by the time that it is asked for.
      expect(sentence).toMatch(/ \d+ results before, \d+ after: none lost, none twice, none changed\.( |$)/)
    }
    await demo.act('pause')
    const { now } = await standing(demo)
    const third = await demo.act('kill')
    // Each process reads the clock with an error of its own; a clock that ran would have gone on by half a minute at least.
    expect(Math.abs((await demo.job()).now - now), 'the clock stands still over the kill').toBeLessThan(10_000)
    expect((await demo.status()).paused).toBe(true)
    await demo.act('resume')
    for (const { id } of [first, second, third]) {
      const verdict = await demo.saying(id, /have closed/)
      expect(verdict).toMatch(/The \d+ windows around the kill have closed and hold exactly the \d+ readings sent for them; no consumer/)
      expect(verdict).toMatch(/no consumer received a result twice\.$/)
    }
    const after = await closedWindows(demo)
    for (const [name, n] of before) expect(after.get(name), name).toBe(n)
    expect(await expectExact(demo)).toBeGreaterThan(before.size)
  })

  test('a process that somebody else kills is followed by another', async () => {
    const { sentence, id } = await demo.act('kill')
    process.kill(Number(/and process (\d+) went/.exec(sentence)![1]), 'SIGKILL')
    await until(
      'the next one',
      async () => {
        const [newest] = (await demo.status()).happenings
        return newest!.id > id && newest!.sentence.startsWith("Somebody killed the job's process") ? true : undefined
      },
      patience.step,
    )
    await expectExact(demo)
  })

  test('without the broker nothing is lost, and nothing becomes late', async () => {
    const { id } = await demo.act('unplug')
    expect((await demo.status()).actions.map(({ action }) => action)).toEqual(['pause', 'plug', 'kill'])
    const refused = await demo.request('late')
    expect(refused.status).toBe(409)
    expect(await refused.json()).toMatchObject({ code: 'MR547', hint: 'what can be done: pause, plug, kill' })
    // At once: after ten seconds the broker comes back by itself.
    await Promise.all([
      until('the page says what is wrong', async () => (await demo.job()).state === 'waiting'),
      until('not ready, and why', async () => {
        const answer = await fetch(`${demo.url}/readyz`)
        return answer.status === 503 && (await answer.text()).includes('readings is not connected')
      }),
    ])
    // Or it has come back, on a machine for which all this took so long.
    expect([200, 409]).toContain((await demo.request('plug')).status)
    const plugged = await demo.happened('plug', id)
    const sentence = await demo.saying(plugged.id, /went through/)
    expect(sentence).toMatch(
      /^The broker is back after \d+\.\d s.+ The [\d,]+ messages that had waited went through in order; none of them became late\.$/,
    )
    await expectExact(demo)
    const { at } = await demo.act('pause')
    // What the devices sent late on purpose, the burst of before, and nothing else.
    const late = expectedOf(at).late + 24
    await until('all that was sent is counted', async () => ((await demo.job()).counts.late >= late ? true : undefined), patience.step)
    expect((await demo.job()).counts.late).toBe(late)
    await demo.act('resume')
  })

  test('it ends in order amid all this, and leaves nothing behind', async () => {
    expect(await demo.left()).toHaveLength(1)
    await demo.act('pause')
    await demo.act('unplug')
    const { code, stderr } = await demo.end()
    expect({ code, error: /error/.exec(stderr) }).toEqual({ code: 0, error: null })
    expect(await demo.left()).toEqual([])
  })
})
