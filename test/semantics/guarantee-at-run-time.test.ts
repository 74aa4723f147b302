import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { amqpSink, messageId } from '../../connectors/amqp/index.js'
import { json } from '../../src/codecs/json.js'
import type { SinkSpec, SinkWriter } from '../../src/connector/sink.js'
import type { SourceSpec } from '../../src/connector/source.js'
import { job } from '../../src/job/job.js'
import { number, schema, text } from '../../src/model/fields.js'
import { into } from '../../src/operators/into.js'
import { type StartOptions, startJobs } from '../../src/runtime/start-jobs.js'
import { view } from '../../src/views/view-sink.js'
import { FakeSource } from '../runtime/fake-source.js'
import { recordingLog } from '../support/recording-log.js'
import { until } from '../support/until.js'

const Reading = schema({ room: text(), celsius: number() })
type Row = { room: string; celsius: number }

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-guarantee-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** A job from a direct link to a view and to a sink that opens when the test says so. */
async function running(options: Partial<StartOptions> = {}) {
  const source = new FakeSource()
  const fake: SourceSpec<Row> = source.spec(json(Reading), messageId())
  let presettled = 0
  let peerIsThere = (): void => {}
  const there = new Promise<void>(resolve => {
    peerIsThere = resolve
  })
  const direct: SourceSpec<Row> = {
    ...fake,
    promise: { unaccepted: 'again', meanwhile: 'kept', repeats: true, readers: 'one', presettled: true },
    open: async context => {
      const reader = await fake.open(context)
      return { ...reader, status: () => ({ ...reader.status(), presettled }) }
    },
  }
  const writer: SinkWriter = {
    guarantee: 'idempotent',
    remembers: 20_000,
    open: async () => void (await there),
    write: async () => {},
    status: () => ({ connected: false, detail: 'waits', pending: 0 }),
    close: async () => peerIsThere(),
  }
  const alerts: SinkSpec<Row> = {
    ...amqpSink<Row>('alerts', { url: 'amqp://127.0.0.1:1', address: 'alerts' }),
    usesEmbeddedNode: false,
    open: async () => writer,
  }
  const climate = job('climate', ({ read }) => {
    const readings = read('readings', direct)
    return [readings.pipe(into(view('latest'))), readings.pipe(into(alerts))]
  })
  const log = recordingLog()
  const jobs = await startJobs({ jobs: [climate], log, env: {}, dataDir: folder, ...options })
  const guarantee = () => jobs.host.jobs()[0]!.guarantee
  const settle = (count: number) => {
    presettled = count
  }
  return { jobs, guarantee, peerIsThere, settle, log }
}

test('the status of a job tells what is in force: sharper once a sink is open, weaker once messages come settled', async () => {
  const { jobs, guarantee, peerIsThere, settle, log } = await running()
  try {
    await until('running', () => jobs.host.jobs()[0]!.state === 'running')
    expect(guarantee()).toMatchObject({
      level: 'at-least-once',
      label: "at least once: results of 'alerts' may repeat, unless its peer drops them",
      sinks: [
        { sink: 'latest', level: 'exactly-once' },
        { sink: 'alerts', level: 'at-least-once' },
      ],
    })
    peerIsThere()
    await until('exactly once', () => guarantee().level === 'exactly-once')
    await until('the log says so', () => log.lines.some(({ message }) => message === `guarantee of 'climate': ${guarantee().label}`))
    expect(guarantee().label).toBe("exactly once within 1,000,000 ids or 10 minutes, while the peer of 'alerts' remembers 20,000 ids")
    settle(3)
    expect(guarantee()).toMatchObject({ level: 'at-most-once', sinks: [{ level: 'at-most-once' }, { level: 'at-most-once' }] })
    expect(guarantee().why[0]).toContain('3 so far')
    // Its reader failed, and what that one held is gone; the next one counts from the beginning.
    settle(0)
    expect(guarantee()).toMatchObject({ level: 'at-most-once' })
    settle(2)
    expect(guarantee().why[0]).toContain('5 so far')
  } finally {
    await jobs.stop()
  }
})

test('without a data folder there is none', async () => {
  const { jobs, guarantee, peerIsThere } = await running({ dataDir: null })
  try {
    peerIsThere()
    await until('running', () => jobs.host.jobs()[0]!.state === 'running')
    expect(guarantee()).toMatchObject({ level: 'none', label: 'no guarantee over a crash: open windows may be lost, results repeated' })
  } finally {
    await jobs.stop()
  }
})
