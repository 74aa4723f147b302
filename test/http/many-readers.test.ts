import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createServer, type Server } from '../../src/http/create-server.js'
import { climateOutputs, fixtureHost, start } from '../../src/http/server-fixture.js'
import { virtualTime } from '../../src/runtime/seams/virtual-time.js'
import { silentLog } from '../support/silent-log.js'
import { until } from '../support/until.js'
import { type EventReader, eventReader } from './event-reader.js'

const attentiveCount = 450
const deafCount = 50
const eventCount = 110
/** Ms between two: the whole is more than half a minute, within which who stands still is let go. */
const everyMs = 300
/** Rooms of an event, and of the history that those who stand still ask for, so that the system's own buffers are full. */
const rooms = Array.from({ length: 20 }, (_, i) => `room-${i}`)
const history = Array.from({ length: 30_000 }, (_, i) => ({ room: `${i}`.padEnd(150, '-'), mean: 0, minute: 0 }))

const time = virtualTime(start)
const host = fixtureHost(time)
const climate = host.openClimate('rooms')
const readers: EventReader[] = []
let server: Server

beforeAll(async () => {
  climate.apply(climateOutputs(history))
  server = await createServer({ host, bind: { host: '127.0.0.1', port: 0, portNamed: false }, version: '1', time, log: silentLog })
})
afterAll(async () => {
  for (const reader of readers) reader.leave()
  await server.close()
})

/** The figures of the server by name. */
async function figures(): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`${server.url}/metrics`)).text()
  return new Map([...text.matchAll(/^(millrace_live_\w+) (\d+)$/gm)].map(([, name, value]) => [name!, Number(value)]))
}

describe(`${attentiveCount + deafCount} live readers, ${deafCount} of which stand still`, () => {
  it('each get every event once, in order; those who stand still are let go, and memory is bounded', { timeout: 120_000 }, async () => {
    const before = process.memoryUsage().arrayBuffers
    const deaf: EventReader[] = []
    for (let i = 0; i < deafCount; i++) {
      const reader = await eventReader(`${server.url}/api/v1/live?rows=30000`, () => {})
      reader.stall()
      deaf.push(reader)
    }
    /** The numbers of the events that each has heard. */
    const heard: number[][] = []
    const delays: number[] = []
    let sentAt = 0
    for (let i = 0; i < attentiveCount; i++) {
      const numbers: number[] = []
      heard.push(numbers)
      readers.push(
        await eventReader(`${server.url}/api/v1/live?rows=1`, ({ event, data }) => {
          if (event !== 'upsert') return
          delays.push(performance.now() - sentAt)
          numbers.push((JSON.parse(data) as { rows: [string, number][] }).rows[0]![1])
        }),
      )
    }
    readers.push(...deaf)
    expect((await figures()).get('millrace_live_readers')).toBe(attentiveCount + deafCount)

    let most = 0
    for (let number = 0; number < eventCount; number++) {
      climate.apply(climateOutputs(rooms.map(room => ({ room, mean: number, minute: 1, revision: number }))))
      sentAt = performance.now()
      await time.advance(everyMs)
      await until(`event ${number} at all readers`, () => heard.every(numbers => numbers.length > number))
      most = Math.max(most, process.memoryUsage().arrayBuffers - before)
    }
    for (const numbers of heard) expect(numbers).toEqual(Array.from({ length: eventCount }, (_, i) => i))
    const after = await figures()
    expect(after.get('millrace_live_readers')).toBe(attentiveCount)
    expect(after.get('millrace_live_readers_dropped_total')).toBe(deafCount)
    expect(after.get('millrace_live_waiting_bytes')).toBe(0)
    for (const reader of deaf) reader.drain()
    await until('the ends of those who stood still', () => deaf.every(reader => reader.ended()))
    // A snapshot for each of those who stand still would be seven times as much.
    expect(most).toBeLessThan(48 * 1024 * 1024)
    delays.sort((a, b) => a - b)
    console.info(
      `delivery to ${attentiveCount} readers: p50 ${delays[delays.length >> 1]!.toFixed(1)} ms, p99 ${delays[Math.floor(delays.length * 0.99)]!.toFixed(1)} ms, shared buffers ${(most / 2 ** 20).toFixed(1)} MiB`,
    )
  })
})
