import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import type { LiveRow } from '../model/api.js'
import { virtualTime } from '../runtime/seams/virtual-time.js'
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
type Step = { apply: ClimateRow[] } | { wait: number } | { leave: 'and resume' | 'for good' } | 'restart the job'
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ apply: fc.array(row, { maxLength: 4 }) }) },
  { weight: 3, arbitrary: fc.record({ wait: fc.constantFrom(10, 60, 150) }) },
  { weight: 2, arbitrary: fc.record({ leave: fc.constantFrom('and resume' as const, 'for good' as const) }) },
  { weight: 1, arbitrary: fc.constant('restart the job' as const) },
)

/** What a page holds: the rows by room and window. */
class Page {
  rows = new Map<string, LiveRow>()
  lastId: string | undefined

  take({ id, event, data }: ServerSentEvent): void {
    if (id !== undefined) this.lastId = id
    const key = (values: LiveRow) => `${values[0]}/${values[2]}`
    if (event === 'snapshot' || event === 'reset') this.rows.clear()
    for (const values of (data['rows'] ?? []) as LiveRow[]) this.rows.set(key(values), values)
    for (const values of (data['removed'] ?? []) as LiveRow[]) this.rows.delete(key(values))
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
        /** Reads up to the progress that tells of now. */
        const catchUp = async () => {
          await time.advance(600)
          for (;;) {
            const event = await reader!.next()
            page.take(event)
            const jobs = event.data['jobs'] as { now: number }[] | undefined
            if (jobs && jobs[0]!.now > time.wall() - 500) return
          }
        }
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
        await catchUp()
        const held = [...page.rows.values()].map(values => JSON.stringify(values)).sort()
        expect(held).toEqual(
          view
            .latest(1000)
            .map(values => JSON.stringify(values))
            .sort(),
        )
        await reader.close()
      }),
      { numRuns: 60 },
    )
  })
})
