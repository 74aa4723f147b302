import { describe, expect, test } from 'vitest'
import { outcomes, type Receiver } from '../../src/amqp/rhea.js'
import { feed, startPeer } from '../amqp/peer.js'
import { startBrokerProcess } from '../interop/broker-process.js'
import { Collector } from '../interop/collector.js'
import { Device } from '../interop/device.js'
import { disposals } from '../interop/disposals.js'
import type { Reading } from '../interop/readings.js'
import { RunningJob } from '../interop/running-job.js'
import { until as untilWithin } from '../support/until.js'

const opened = disposals()
/** A hundred megabytes go over several disks and sockets: seconds on a quiet machine, a minute or two on one that many use. */
const patience = 150_000
const until: typeof untilWithin = (what, ask) => untilWithin(what, ask, patience)
/** The credit of the job's link, as `archive.job.ts` asks for it. */
const linkCredit = 100
const bigText = 'x'.repeat(32_000)
const bigReadings = (count: number): Reading[] =>
  Array.from({ length: count }, (_, n) => ({ id: `b-${n}`, body: JSON.stringify({ id: `b-${n}`, text: bigText }) }))
const ids = (readings: readonly Reading[]): string[] => readings.map(({ id }) => id).sort()

/** A peer of the sink that gives no credit until it is told, and keeps the ids that come. */
async function meanPeer() {
  const peer = opened(await startPeer(), it => it.close())
  const got: string[] = []
  let receiver: Receiver | undefined
  peer.on('receiver_open', context => {
    receiver = context.receiver
  })
  peer.on('message', ({ message, delivery }) => {
    const body = message.body as { readonly content: Uint8Array }
    got.push((JSON.parse(Buffer.from(body.content).toString()) as { id: string }).id)
    delivery.update(true, outcomes.accepted())
    receiver!.add_credit(1)
  })
  return { url: peer.url, got, attached: () => receiver !== undefined, give: (credit: number) => receiver!.add_credit(credit) }
}

const culprit = async (job: RunningJob) => (await job.graph()).culprit

describe('credit', { timeout: 2 * patience }, () => {
  test('what the journal holds is settled, though the sink takes nothing; the sink gets all of it later', async () => {
    const count = 10 * linkCredit
    const source = opened(await startPeer(), it => it.close())
    const settled = new Map<string, string[]>()
    const bodies = Array.from({ length: count }, (_, n) => JSON.stringify({ id: `n-${n}`, text: '' }))
    source.on('sender_open', context => feed(context.sender, bodies, settled))
    const sink = await meanPeer()
    const job = opened(
      await RunningJob.start({ job: 'recovery/archive', env: { MILLRACE_AMQP_URL: source.url, SINK_URL: sink.url } }),
      it => it.dispose(),
    )
    await until('all accepted', () => settled.size === count)
    expect([...settled.values()].every(kinds => kinds.length === 1 && kinds[0] === 'accepted')).toBe(true)
    expect((await job.summary()).counts.received).toBe(count)
    expect(sink.got).toEqual([])
    await until('the sink is attached', () => sink.attached())
    sink.give(50)
    await until('all at the sink', () => sink.got.length >= count)
    expect([...sink.got].sort()).toEqual(bodies.map((_, n) => `n-${n}`).sort())
  })

  test('a sink without credit holds the source back within bounds, is named, and the flow resumes', async () => {
    const broker = opened(await startBrokerProcess(), it => it.stop())
    const device = opened(new Device(broker.url, 'readings', 'queue'), it => it.close())
    const sink = await meanPeer()
    const job = opened(
      await RunningJob.start({ job: 'recovery/archive', env: { MILLRACE_AMQP_URL: broker.url, SINK_URL: sink.url } }),
      it => it.dispose(),
    )
    const readings = bigReadings(4_000)
    device.send(readings)
    const named = await until('the culprit', async () => {
      const found = await culprit(job)
      return found?.sentence.endsWith('the sources wait') && found
    })
    expect(named).toMatchObject({
      node: 'sink:archive',
      sentence: expect.stringMatching(/^archive has waited \d+ s for credit from 'archive'; the sources wait$/),
    })
    await until('it needs a person', async () =>
      /^archive has waited \d+ s for credit from 'archive'/.test((await job.summary()).attention[0] ?? ''),
    )
    const gauge = async (kind: string) =>
      Number(new RegExp(`millrace_outbox_bytes\\{job="archive",kind="${kind}"\\} (\\d+)`).exec(await job.metrics())![1])
    const [used, bound] = [await gauge('used'), await gauge('bound')]
    expect(bound).toBe(32 * 2 ** 20)
    // One chunk may be on its way when the bound is reached.
    expect(used).toBeLessThan(bound * 1.25)
    const { received } = (await job.summary()).counts
    expect(received).toBeLessThan(2_000)
    expect(device.pending).toBeGreaterThan(0)
    await until('the sink is attached', () => sink.attached())
    sink.give(200)
    await until('all at the sink', () => sink.got.length >= readings.length)
    expect([...sink.got].sort()).toEqual(ids(readings))
    await device.delivered(patience)
    await until('nobody holds it back', async () => (await culprit(job)) === undefined)
  })

  test('a full queue gives its sender no credit, and the page names the address', async () => {
    const job = opened(await RunningJob.start({ job: 'recovery/archive', env: {}, embedded: true }), it => it.dispose())
    const url = job.nodeUrl
    const device = opened(new Device(url, 'readings', 'queue'), it => it.close())
    // Two queues of 64 MiB would take them all; the job's own bounds lie between.
    const readings = bigReadings(2_600)
    device.send(readings)
    await until('the page names it', async () =>
      /^archive has waited \d+ s for credit from 'archive'/.test((await job.summary()).attention[0] ?? ''),
    )
    expect((await culprit(job))?.sentence).toMatch(/^archive has waited \d+ s for credit from 'archive'/)
    const foreign = opened(new Device(url, 'archive', 'queue'), it => it.close())
    await until('attached', () => foreign.attached)
    foreign.send([{ id: 'foreign', body: JSON.stringify({ id: 'foreign', text: '' }) }])
    const other = opened(new Collector(url, 'elsewhere'), it => it.close())
    await until('an exchange later', () => other.attached)
    expect(foreign.credit).toBe(0)
    expect(foreign.pending).toBe(1)
    const collector = opened(new Collector(url, 'archive', { kind: 'queue' }), it => it.close())
    await foreign.delivered(patience)
    await device.delivered(patience)
    await until('all', () => collector.rows.size >= readings.length + 1)
    expect([...collector.rows.values()].map(({ id }) => String(id)).sort()).toEqual([...ids(readings), 'foreign'].sort())
    await until('well again', async () => (await job.summary()).attention.length === 0)
  })

  test('a queue of large messages holds no more than its bytes', async () => {
    const node = opened(await startBrokerProcess(), it => it.stop())
    const device = opened(new Device(node.url, 'large', 'queue'), it => it.close())
    // 83 MB, of which the 64 MiB of the queue hold a part.
    const text = 'x'.repeat(256_000)
    const readings = Array.from({ length: 325 }, (_, n): Reading => ({ id: `l-${n}`, body: JSON.stringify({ id: `l-${n}`, text }) }))
    device.send(readings)
    const fits = Math.floor((64 * 2 ** 20) / 256_600)
    await until('full', () => device.accepted.size >= fits - 1 && device.credit === 0)
    const other = opened(new Collector(node.url, 'elsewhere'), it => it.close())
    await until('an exchange later', () => other.attached)
    expect(device.accepted.size).toBeLessThanOrEqual(fits)
    expect(device.outcomes).toMatchObject({ released: 0, modified: 0, rejected: 0 })
    const collector = opened(new Collector(node.url, 'large', { kind: 'queue' }), it => it.close())
    await device.delivered(patience)
    await until('all', () => collector.rows.size >= readings.length)
    expect([...collector.rows.values()].map(({ id }) => String(id)).sort()).toEqual(ids(readings))
  })
})
