import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import type { LiveRow } from '../model/api.js'
import { type VirtualTime, virtualTime } from '../runtime/seams/virtual-time.js'
import { createServer, type Server } from './create-server.js'
import { type LiveReader, liveReader, type ServerSentEvent } from './live-reader-fixture.js'
import { type ClimateRow, climateOutputs, fixtureHost, quiet, start } from './server-fixture.js'

const row: fc.Arbitrary<ClimateRow> = fc.record({
  room: fc.constantFrom('a', 'b', 'c'),
  mean: fc.integer(),
  minute: fc.nat(5),
  final: fc.boolean(),
  revision: fc.nat(2),
  removed: fc.nat(4).map(n => n === 0),
})
type Change = { apply: ClimateRow[]; to: number } | { wait: number } | { read: boolean } | 'another job starts'
const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ apply: fc.array(row, { maxLength: 3 }), to: fc.nat(5) }) },
  { weight: 3, arbitrary: fc.record({ wait: fc.constantFrom(10, 60, 150, 700) }) },
  // It goes or comes.
  { weight: 4, arbitrary: fc.record({ read: fc.boolean() }) },
  { weight: 2, arbitrary: fc.constant('another job starts' as const) },
)
type Step = { apply: ClimateRow[] } | { wait: number } | { leave: 'and resume' | 'for good' } | 'restart the job'
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ apply: fc.array(row, { maxLength: 4 }) }) },
  { weight: 3, arbitrary: fc.record({ wait: fc.constantFrom(10, 60, 150) }) },
  { weight: 2, arbitrary: fc.record({ leave: fc.constantFrom('and resume' as const, 'for good' as const) }) },
  { weight: 1, arbitrary: fc.constant('restart the job' as const) },
)

const keyOf = (values: LiveRow): string => `${values[0]}/${values[2]}`
const sorted = (rows: Iterable<LiveRow>): readonly string[] => [...rows].map(values => JSON.stringify(values)).sort()

/** What a page holds: of each view the rows by room and window. */
class Page {
  readonly views = new Map<string, Map<string, LiveRow>>()
  lastId: string | undefined

  take({ id, event, data }: ServerSentEvent): void {
    if (id !== undefined) this.lastId = id
    if (event === 'reset') this.views.clear()
    if (event !== 'snapshot' && event !== 'upsert') return
    const name = event === 'snapshot' ? (data['view'] as { readonly id: string }).id : (data['view'] as string)
    const rows = event === 'snapshot' ? new Map<string, LiveRow>() : this.views.get(name)!
    this.views.set(name, rows)
    for (const values of data['rows'] as LiveRow[]) rows.set(keyOf(values), values)
    for (const values of (data['removed'] ?? []) as LiveRow[]) rows.delete(keyOf(values))
  }
}

/** Reads up to the progress that tells of now. */
async function caughtUp(reader: LiveReader, page: Page, time: VirtualTime): Promise<void> {
  await time.advance(600)
  for (;;) {
    const event = await reader.next()
    page.take(event)
    const jobs = event.data['jobs'] as { now: number }[] | undefined
    if (jobs && jobs[0]!.now > time.wall() - 500) return
  }
}

let server: Server | undefined
let reader: LiveReader | undefined
afterEach(async () => {
  await reader?.close()
  await server?.close()
})

describe('a live reader', () => {
  it('holds what the view holds, however often it leaves and comes back', async () => {
    // One server for all cases, as most of the time of each would go into a start: each opens the view anew.
    const time = virtualTime(start)
    const host = fixtureHost(time)
    host.openClimate('rooms')
    server = await createServer({ host, bind: { host: '127.0.0.1', port: 0, portNamed: false }, version: '1', time, log: quiet })
    const url = `${server.url}/api/v1/live?views=climate`
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 15 }), async steps => {
        let view = host.openClimate('rooms')
        let page = new Page()
        reader = await liveReader(url)
        for (const step of steps) {
          if (step === 'restart the job') view = host.openClimate('rooms')
          else if ('apply' in step) view.apply(climateOutputs(step.apply))
          else if ('wait' in step) await time.advance(step.wait)
          else {
            await reader.close()
            if (step.leave === 'for good') page = new Page()
            reader = await liveReader(url, page.lastId)
          }
        }
        await caughtUp(reader, page, time)
        expect(sorted(page.views.get('climate')!.values())).toEqual(sorted(view.latest(1000)))
        await reader.close()
      }),
      { numRuns: 60 },
    )
  })

  it('of all views holds them all, also those of jobs that start, and what changes, while it is away', async () => {
    const time = virtualTime(start)
    const bind = { host: '127.0.0.1', port: 0, portNamed: false }
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 15 }), async changes => {
        const host = fixtureHost(time)
        const views = [host.openClimate('rooms', 'first')]
        const own = await createServer({ host, bind, version: '1', time, log: quiet })
        try {
          const url = `${own.url}/api/v1/live`
          const page = new Page()
          let here: LiveReader | undefined = await liveReader(url)
          for (const change of changes) {
            if (change === 'another job starts') views.push(host.openClimate(`job-${views.length}`, `view-${views.length}`))
            else if ('apply' in change) views[change.to % views.length]!.apply(climateOutputs(change.apply))
            else if ('wait' in change) await time.advance(change.wait)
            else if (!here) here = await liveReader(url, page.lastId)
            else {
              if (change.read) await caughtUp(here, page, time)
              await here.close()
              here = undefined
            }
          }
          here ??= await liveReader(url, page.lastId)
          await caughtUp(here, page, time)
          const held = [...page.views].map(([name, rows]) => [name, sorted(rows.values())])
          expect(Object.fromEntries(held)).toEqual(Object.fromEntries(views.map(view => [view.id, sorted(view.latest(1000))])))
          await here.close()
        } finally {
          await own.close()
        }
      }),
      { numRuns: 40 },
    )
  })
})
