import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { amqp } from '../../connectors/amqp/index.js'
import { type Node, startNode } from '../../src/broker/index.js'
import { into, job, json, number, schema, view } from '../../src/index.js'
import { systemDisk } from '../../src/runtime/seams/system-disk.js'
import { systemRandom } from '../../src/runtime/seams/system-random.js'
import { systemTime } from '../../src/runtime/seams/system-time.js'
import { type RunningJobs, startJobs } from '../../src/runtime/start-jobs.js'
import { DurablePeer } from '../broker/durable-peer.js'
import { silentLog } from '../support/silent-log.js'
import { until } from '../support/until.js'

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const Row = schema({ n: number() })
const counts = job('counts', ({ read }) => [read('numbers', amqp({ address: 'numbers', decode: json(Row) })).pipe(into(view('rows')))])

const start = async (): Promise<{ readonly node: Node; readonly jobs: RunningJobs; readonly folder: string }> => {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-failing-'))
  const seams = { time: systemTime, random: systemRandom, log: silentLog }
  const node = await startNode({ ...seams, data: { disk: systemDisk, folder: join(folder, 'node') } })
  const dataDir = join(folder, 'job')
  const jobs = await startJobs({
    jobs: [counts],
    log: silentLog,
    env: {},
    dataDir,
    embeddedNode: node.url,
    nodeFailing: () => node.failing,
  })
  closers.push(
    () => rm(folder, { recursive: true, force: true }),
    () => node.close(),
    () => jobs.stop(),
  )
  await until('ready', () => jobs.host.readiness().ready)
  return { node, jobs, folder: join(folder, 'node') }
}

it('says so in readiness and attention when the AMQP node of the process can no longer store', async () => {
  const { node, jobs, folder } = await start()
  const { host } = jobs
  expect(host.jobs()[0]!.attention).toEqual([])
  await rm(folder, { recursive: true })
  const peer = new DurablePeer(node.url)
  closers.push(async () => peer.close())
  peer.sender('elsewhere').send(1)
  await until('failing', () => node.failing)
  expect(host.readiness()).toMatchObject({ ready: false })
  expect(host.readiness().reasons[0]).toMatch(/^the AMQP node cannot store messages: the epoch in .* cannot be read/)
  expect(host.jobs()[0]!.attention[0]).toMatch(/^The AMQP node cannot store messages, so their senders wait: /)
})
