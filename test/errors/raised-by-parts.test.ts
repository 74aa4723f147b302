import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it, test } from 'vitest'
import { createContainer } from '../../src/amqp/rhea.js'
import { type Node, type NodeOptions, startNode } from '../../src/broker/index.js'
import { json } from '../../src/codecs/json.js'
import type { OutputBatch, SinkWriter } from '../../src/connector/sink.js'
import type { ConnectorContext, SourceReader } from '../../src/connector/source.js'
import { checkDashboard } from '../../src/dashboard/check-dashboard.js'
import { actionGuard, actionHeader } from '../../src/http/action-guard.js'
import { createServer, type Server } from '../../src/http/create-server.js'
import { fixtureHost } from '../../src/http/server-fixture.js'
import { into, job, number, schema } from '../../src/index.js'
import type { GraphSink, GraphSource } from '../../src/job/graph.js'
import { Backoff } from '../../src/model/backoff.js'
import { SinkLane } from '../../src/runtime/flow/sink-lane.js'
import { SourceFeed } from '../../src/runtime/flow/source-feed.js'
import { ReplayComparer } from '../../src/runtime/replay/replay-compare.js'
import { systemRandom } from '../../src/runtime/seams/system-random.js'
import { systemTime } from '../../src/runtime/seams/system-time.js'
import { virtualTime } from '../../src/runtime/seams/virtual-time.js'
import { compared, folder, lived } from '../replay/replay-rig.js'
import { FakeSink } from '../runtime/fake-sink.js'
import { FakeSource } from '../runtime/fake-source.js'
import { recordingLog } from '../support/recording-log.js'
import { until } from '../support/until.js'

const S = schema({ n: number() })

function rig() {
  const source = new FakeSource()
  const sink = new FakeSink()
  return { source, sink, job: job('faulty', ({ read }) => [read('in', source.spec(json(S))).pipe(into(sink.spec('out')))]) }
}

describe('connectors that fail without a code of their own', () => {
  const sink = { id: 'out', spec: { kind: 'sink' } } as unknown as GraphSink

  test('MR412: a source is opened again, and its status says why', async () => {
    const time = virtualTime(0)
    let opened = 0
    const open = async (): Promise<SourceReader> => {
      opened++
      throw new RangeError('the cable fell out')
    }
    const source = { id: 'in', spec: { open } } as unknown as GraphSource
    const nothing = () => undefined
    const context = {} as ConnectorContext
    const feed = new SourceFeed({
      source,
      context,
      time,
      real: time,
      backoff: new Backoff(systemRandom),
      wake: nothing,
      lost: nothing,
      failed: nothing,
    })
    await feed.open()
    expect(feed.status().error).toMatchObject({ code: 'MR412', message: "source 'in' failed: the cable fell out" })
    await time.advance(10_000)
    expect(opened).toBeGreaterThan(1)
    await feed.release()
  })

  test('MR413: a sink is opened again, and its status says why', async () => {
    const time = virtualTime(0)
    let opened = 0
    const events = { maySend: async () => {}, reached: () => {}, acknowledged: () => {}, refused: async () => {}, failed: () => {} }
    const open = async (): Promise<SinkWriter> => {
      opened++
      throw new TypeError('no such table')
    }
    const lane = new SinkLane(sink, open, events, time, new Backoff(systemRandom))
    lane.start()
    await time.settle()
    expect(lane.status().error).toMatchObject({ code: 'MR413', message: "sink 'out' failed: no such table" })
    await time.advance(10_000)
    expect(opened).toBeGreaterThan(1)
    await lane.close()
  })
})

describe('replay', () => {
  test('MR463: a comparison needs to know which text of the job took the stretch in', async () => {
    const data = folder()
    const before = rig()
    const tuning = { snapshotEntries: 10, segmentBytes: 2_000, retentionBytes: 4_000 }
    await lived(
      data,
      before,
      async time => {
        for (let n = 0; n < 200; n++) {
          before.source.send({ n })
          await time.advance(100)
        }
      },
      { tuning },
    )
    // The note of the text went with the oldest segment, and a disk lost the snapshots, which name it, too.
    const snapshots = join(data.dataDir, 'snapshots')
    for (const name of await data.disk.list(snapshots)) await data.disk.remove(join(snapshots, name))
    await expect(compared(data, rig().job)).rejects.toMatchObject({ code: 'MR463', hint: expect.stringContaining('--from') as string })
  })

  test('MR464: results without counterpart are bounded', () => {
    const length = 100_000
    const comparer = new ReplayComparer(1)
    const outputs = (part: number): OutputBatch => ({
      sink: 'out',
      length,
      schema: [],
      columns: {},
      computed: {},
      ids: Array.from({ length }, (_, i) => `${part}-${i}`),
      keys: [],
      removed: undefined,
      wall: 0,
      watermark: 0,
    })
    for (let part = 0; part < 10; part++) comparer.now(outputs(part))
    expect(() => comparer.now(outputs(10))).toThrow(expect.objectContaining({ code: 'MR464' }) as Error)
  })
})

describe('the AMQP node tells its peers, or its log, by code', () => {
  const nodes: Node[] = []
  const started = async (options: Partial<NodeOptions> = {}) => {
    const log = recordingLog()
    const node = await startNode({ time: systemTime, random: systemRandom, log, ...options })
    nodes.push(node)
    return { node, log }
  }
  afterEach(async () => {
    for (const node of nodes.splice(0)) await node.close()
  })

  const connection = (node: Node, password?: string) => {
    const made = createContainer({ onError: () => undefined }).create_connection({
      host: '127.0.0.1',
      port: node.port,
      username: 'device',
      ...(password !== undefined && { password }),
      reconnect: false,
    })
    for (const event of ['disconnected', 'connection_error', 'error', 'session_error']) made.on(event, () => undefined)
    return made
  }
  /** The reason that the node gives for detaching a link. */
  const detached = (node: Node, bytes: number, capability: string): Promise<string> =>
    new Promise(resolve => {
      const made = connection(node)
      made.on('sender_error', ({ sender }) => {
        resolve(String(sender?.error && 'description' in sender.error ? sender.error.description : ''))
        made.close()
      })
      made.connect()
      const sender = made.open_sender({ target: { address: 'q', capabilities: [capability] } } as never)
      sender.on('sendable', () => void sender.send(Buffer.alloc(bytes, 1), Buffer.from('0'), 0))
    })

  it('MR703: an address of another type', async () => {
    const { node } = await started({ addresses: { q: { type: 'queue' } } })
    expect(await detached(node, 10, 'topic')).toMatch(/^MR703: "q" is of type queue, the link asks for topic/)
  })

  it('MR707: a message that is too large', async () => {
    const { node } = await started({ maxMessageSize: 1_000 })
    expect(await detached(node, 5_000, 'queue')).toMatch(/^MR707: a message on link .* is over 1000 bytes/)
  })

  it('MR705: wrong credentials', async () => {
    const { node, log } = await started({ users: { device: 'secret' } })
    connection(node, 'wrong').connect()
    await until('the refusal', async () => log.lines.find(line => JSON.stringify(line).includes('MR705')))
  })

  it('MR706: a peer of another protocol', async () => {
    const { node, log } = await started()
    const socket = connect(node.port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\n\r\n'))
    socket.on('error', () => undefined)
    await until('the refusal', async () => log.lines.find(({ fields }) => fields['code'] === 'MR706'))
    socket.destroy()
  })

  it('MR709: a connection too many', async () => {
    const { node, log } = await started({ maxConnections: 1 })
    const sockets = [connect(node.port, '127.0.0.1'), connect(node.port, '127.0.0.1')]
    for (const socket of sockets) socket.on('error', () => undefined)
    await until('the refusal', async () => log.lines.find(({ fields }) => fields['code'] === 'MR709'))
    for (const socket of sockets) socket.destroy()
  })
})

describe('dashboards', () => {
  const top = mkdtempSync(join(tmpdir(), 'millrace-dashboards-'))
  afterAll(() => rmSync(top, { recursive: true, force: true }))
  const file = (name: string, text: string): string => {
    writeFileSync(join(top, name), text)
    return join(top, name)
  }
  const views = [{ id: 'climate', columns: [{ name: 'mean', type: 'number' as const }] }]

  it.each([
    ['MR530', 'a key that nobody knows', () => file('a.json', '{\n  "title": "a",\n  "panles": [] }'), 3],
    ['MR531', 'a text that is no JSON', () => file('b.json', '{\n  "title": a }'), 2],
    ['MR532', 'a file that is not there', () => join(top, 'none.json'), undefined],
    [
      'MR533',
      'a column that the view does not have',
      () => file('c.json', '{ "title": "c", "panels": [\n  { "line": "climate.maen" }] }'),
      2,
    ],
  ])('%s: %s', async (code, _, path, line) => {
    const [error] = await checkDashboard(path(), views)
    expect(error).toMatchObject({ code, hint: expect.stringMatching(/.{10,}/) as string })
    if (line !== undefined) expect(error!.place).toMatchObject({ line })
  })
})

describe('requests', () => {
  const servers: Server[] = []
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.close()
  })

  it('MR512, status 405: a method that nothing answers', async () => {
    const time = virtualTime(0)
    const server = await createServer({
      host: fixtureHost(time),
      bind: { host: '127.0.0.1', port: 0, portNamed: false },
      version: '1.2.3',
      time,
      log: recordingLog(),
    })
    servers.push(server)
    const answer = await fetch(`${server.url}/api/v1/views`, { method: 'PUT' })
    expect(answer.status).toBe(405)
    expect(await answer.json()).toMatchObject({ code: 'MR512', hint: expect.stringMatching(/.{10,}/) as string })
  })

  it.each([
    ['MR545', 'a page of another origin acts, which cannot send the header', false, {}],
    ['MR546', 'a guest of a shared page acts', true, { [actionHeader]: '1' }],
  ])('%s: %s', (code, _, readOnly, headers) => {
    const request = { readOnly, headers } as unknown as Parameters<typeof actionGuard>[0]
    expect(() => actionGuard(request)).toThrow(expect.objectContaining({ code }) as Error)
  })
})
