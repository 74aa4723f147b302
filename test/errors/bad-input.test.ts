import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OutgoingMessage } from '../../src/amqp/encode-message.js'
import { startNode } from '../../src/broker/index.js'
import type { DeadLetter } from '../../src/model/api.js'
import { systemRandom } from '../../src/runtime/seams/system-random.js'
import { systemTime } from '../../src/runtime/seams/system-time.js'
import { startPeer } from '../amqp/peer.js'
import { finished } from '../cli/command.js'
import { type Running, running } from '../cli/running.js'
import { jsonMessage, sendAll } from '../cli/sender.js'
import { freePort } from '../peers/free-port.js'
import { until } from '../support/until.js'
import { badJobFiles, goodJobFile, remoteJobFile } from './bad-job-files.js'

const folder = mkdtempSync(join(tmpdir(), 'millrace-bad-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const file = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const listening = async (server: Server): Promise<number> => {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

describe.concurrent('bad job files', () => {
  it.each(badJobFiles.map((bad, i) => ({ ...bad, i })))('$code: $fault', async ({ i, code, at: [line, column], says, remedy, text }) => {
    const path = file(`bad-${i}.job.ts`, text)
    const { code: exit, stderr, stdout } = await finished(['run', path, '--no-http'])
    expect(exit).toBe(1)
    expect(stdout).toBe('')
    expect(stderr).toContain(`error ${code}  `)
    expect(stderr).toMatch(says)
    expect(stderr).toContain(`bad-${i}.job.ts:${line}:${column}`)
    // The line itself is shown, with a mark below.
    expect(stderr).toContain(`${line}│ ${text.split('\n')[line - 1]}`)
    expect(stderr).toMatch(/^ *│ +\^+$/m)
    expect(/= try: {2}(.+)/.exec(stderr)?.[1]).toMatch(remedy)
    expect(stderr).toContain(`millrace explain ${code}`)
  })

  it('validate tells of all of them, and passes their neighbour', async () => {
    const paths = badJobFiles.map((bad, i) => file(`all-${i}.job.ts`, bad.text))
    const good = file('all-good.job.ts', goodJobFile)
    const { code, stdout } = await finished(['validate', '--json', ...paths, good])
    expect(code).toBe(1)
    const { ok, findings } = JSON.parse(stdout) as {
      ok: boolean
      findings: { level: string; job: string; code?: string; place?: string; hint?: string }[]
    }
    expect(ok).toBe(false)
    for (const [i, { code, at }] of badJobFiles.entries()) {
      expect(findings.find(({ job }) => job === paths[i])).toMatchObject({ level: 'error', code, place: `${paths[i]}:${at.join(':')}` })
      expect(findings.find(({ job }) => job === paths[i])!.hint).not.toBe('')
    }
    expect(findings.filter(({ job, level }) => job === good && level !== 'ok')).toEqual([])
    expect(findings.some(({ job, level }) => job === good && level === 'ok')).toBe(true)
  })
})

/** What a device can send wrong. `readings` decodes JSON, `values` AMQP values. */
const badMessages: readonly {
  readonly fault: string
  readonly source: 'readings' | 'values'
  readonly code: string
  readonly reason: RegExp
  readonly message: (at: string) => OutgoingMessage
}[] = [
  {
    fault: 'malformed JSON',
    source: 'readings',
    code: 'MR201',
    reason: /./,
    message: at => jsonMessage(`{"room":"a","celsius":21,"at":"${at}",}`),
  },
  { fault: 'a text cut off', source: 'readings', code: 'MR201', reason: /./, message: () => jsonMessage('{"room":"a","cel') },
  { fault: 'a missing field', source: 'readings', code: 'MR202', reason: /celsius/, message: at => jsonMessage({ room: 'a', at }) },
  {
    fault: 'a field that is null',
    source: 'readings',
    code: 'MR202',
    reason: /room/,
    message: at => jsonMessage({ room: null, celsius: 1, at }),
  },
  {
    fault: 'a mistyped field',
    source: 'readings',
    code: 'MR203',
    reason: /celsius/,
    message: at => jsonMessage({ room: 'a', celsius: '21', at }),
  },
  {
    fault: 'a number too large for a double',
    source: 'readings',
    code: 'MR204',
    reason: /celsius/,
    message: at => jsonMessage(`{"room":"a","celsius":1e999,"at":"${at}"}`),
  },
  {
    fault: 'a number that is not a number',
    source: 'values',
    code: 'MR204',
    reason: /celsius/,
    message: at => ({ body: { value: { room: 'a', celsius: Number.NaN, at } } }),
  },
  {
    fault: 'an infinite number',
    source: 'values',
    code: 'MR204',
    reason: /celsius/,
    message: at => ({ body: { value: { room: 'a', celsius: Number.NEGATIVE_INFINITY, at } } }),
  },
  {
    fault: 'a body of an unexpected kind',
    source: 'readings',
    code: 'MR209',
    reason: /./,
    message: () => ({ body: { value: 23 } }),
  },
  {
    fault: 'bytes where values are due',
    source: 'values',
    code: 'MR209',
    reason: /./,
    message: at => jsonMessage({ room: 'a', celsius: 1, at }),
  },
  {
    fault: 'a time in another format',
    source: 'readings',
    code: 'MR206',
    reason: /at/,
    message: () => jsonMessage({ room: 'a', celsius: 1, at: '2013-12-02 21:15:00' }),
  },
  {
    fault: 'a timestamp far in the future',
    source: 'readings',
    code: 'MR157',
    reason: /./,
    message: at => jsonMessage({ room: 'a', celsius: 1, at: new Date(Date.parse(at) + 26 * 3_600_000).toISOString() }),
  },
]

describe('bad messages', () => {
  let process: Running
  let letters: readonly DeadLetter[]
  const at = new Date().toISOString()
  const sources = ['readings', 'values'] as const

  beforeAll(async () => {
    const job = file(
      'messages.job.ts',
      `import { eventTime, into, job, number, schema, text, timestamp, view } from 'millrace'
import { amqp, json, value } from 'millrace/amqp'
const Reading = schema({ room: text(), celsius: number(), at: timestamp('rfc3339') })
export default job('messages', ({ read }) => [
  read('readings', amqp({ address: 'readings', decode: json(Reading) })).pipe(eventTime(r => r.at, { outOfOrderness: '10s' }), into(view('readings-seen'))),
  read('values', amqp({ address: 'values', decode: value(Reading) })).pipe(eventTime(r => r.at, { outOfOrderness: '10s' }), into(view('values-seen'))),
])
`,
    )
    process = await running([job, '--data', join(folder, 'messages')])
    for (const source of sources) {
      // Each bad message has a good one before and behind it.
      const good = (n: number): OutgoingMessage => {
        const body = { room: `good ${n}`, celsius: 21.5, at }
        return source === 'readings' ? jsonMessage(body) : { body: { value: body } }
      }
      const bad = badMessages.filter(message => message.source === source)
      await sendAll(process.amqp, source, [good(0), ...bad.flatMap(({ message }, n) => [message(at), good(n + 1)])])
    }
    letters = await until('dead letters', async () => {
      const found = await process.deadLetters()
      return found.length >= badMessages.length ? found : undefined
    })
  })
  afterAll(async () => {
    expect((await process.stop()).code).toBe(0)
  })

  it.each(badMessages)('$code: $fault', ({ source, code, reason, message }) => {
    const { body } = message(at)
    const sent = 'data' in body ? String(body.data) : undefined
    const mine = letters.filter(
      letter => letter.source === source && letter.code === code && (sent === undefined || letter.sample.includes(sent)),
    )
    expect(mine.length).toBeGreaterThan(0)
    for (const letter of mine) expect(letter.reason).toMatch(reason)
  })

  it('disturbs no neighbour, and every message is accounted for', async () => {
    expect(letters).toHaveLength(badMessages.length)
    for (const source of sources) {
      const bad = badMessages.filter(message => message.source === source).length
      const rows = await until('good rows', async () => {
        const found = await process.rows(`${source}-seen`)
        return found.length >= bad + 1 ? found : undefined
      })
      expect(rows.map(row => row['room']).sort()).toEqual(Array.from({ length: bad + 1 }, (_, n) => `good ${n}`).sort())
    }
    const [job] = await process.jobs()
    const good = badMessages.length + sources.length
    expect(job!.counts).toMatchObject({
      received: good + badMessages.length,
      deadLettered: badMessages.length,
      counted: good,
      duplicate: 0,
    })
    expect(job!.state).toBe('running')
  })

  it('keeps the bytes, as they came', async () => {
    const letter = letters.find(({ code, sample }) => code === 'MR201' && sample.includes('"cel'))!
    const raw = await (await fetch(`${process.http}/api/v1/dead-letters/${letter.id}/raw`)).arrayBuffer()
    expect(Buffer.from(raw).toString('latin1')).toContain('{"room":"a","cel')
  })
})

describe('ports', () => {
  let taken: Server
  let port: number
  beforeAll(async () => {
    taken = createServer(socket => socket.destroy())
    port = await listening(taken)
  })
  afterAll(() => new Promise(resolve => taken.close(resolve)))

  it.each([
    ['--http', 'MR503', /Name a free port/],
    ['--amqp', 'MR701', /MILLRACE_AMQP_URL=amqp/],
  ])('a taken port named by %s is %s', async (option, code, remedy) => {
    const job = file(`port-${code}.job.ts`, goodJobFile)
    const other = option === '--http' ? '--amqp' : '--http'
    const { code: exit, stderr } = await finished([
      'run',
      job,
      option,
      `127.0.0.1:${port}`,
      other,
      '127.0.0.1:0',
      '--data',
      join(folder, code),
    ])
    expect(exit).toBe(1)
    expect(stderr).toContain(`error ${code}  `)
    expect(stderr).toContain(String(port))
    expect(/= try: {2}(.+)/.exec(stderr)?.[1]).toMatch(remedy)
    expect(explained(stderr)).toEqual([code])
  })

  it('a taken port of millrace broker', async () => {
    const { code, stderr } = await finished(['broker', '--listen', `127.0.0.1:${port}`])
    expect(code).toBe(1)
    expect(stderr).toMatch(/error MR701 {2}127\.0\.0\.1:\d+ is taken by another process\n.*try:.*MILLRACE_AMQP_URL=amqp/s)
  })
})

const explained = (stderr: string): readonly string[] => [...stderr.matchAll(/millrace explain (MR\d+)/g)].map(match => match[1]!)

interface RefusingPeer {
  readonly url: string
  close(): Promise<unknown>
}

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** Peers that refuse a job, each in its way. `lasting`: the job cannot go on; otherwise it tries again. */
const peers: readonly {
  readonly fault: string
  readonly code: string
  readonly lasting: boolean
  readonly says: RegExp
  readonly validates: 'ok' | 'warning' | 'error'
  start(): Promise<RefusingPeer>
}[] = [
  {
    fault: 'a broker that is away',
    code: 'MR307',
    lasting: false,
    says: /cannot be reached: connection refused/,
    validates: 'warning',
    // Nobody is given this port while the job looks for a broker there.
    start: async () => ({ url: `amqp://127.0.0.1:${await freePort()}`, close: () => Promise.resolve() }),
  },
  {
    fault: 'wrong credentials',
    code: 'MR305',
    lasting: true,
    says: /refuses|refused/,
    validates: 'error',
    start: async () => {
      const node = await startNode({ users: { plant: 'right' }, time: systemTime, random: systemRandom, log: quiet })
      return { url: node.url.replace('amqp://', 'amqp://plant:wrong@'), close: () => node.close() }
    },
  },
  {
    fault: 'an address that does not exist',
    code: 'MR308',
    lasting: false,
    says: /'remote'.*amqp:not-found/,
    validates: 'ok',
    start: async () => {
      const peer = await startPeer()
      peer.on('sender_open', ({ sender }) => sender!.close({ condition: 'amqp:not-found', description: 'no queue of this name' }))
      return peer
    },
  },
  {
    fault: 'a server of AMQP 0-9-1',
    code: 'MR306',
    lasting: true,
    says: /this is AMQP 0-9-1/,
    validates: 'error',
    start: async () => {
      const server = createServer(socket => {
        socket.on('error', () => undefined)
        socket.once('data', () => socket.end(Buffer.from('AMQP\0\0\x09\x01', 'latin1')))
      })
      const port = await listening(server)
      return { url: `amqp://127.0.0.1:${port}`, close: () => new Promise(resolve => server.close(resolve)) }
    },
  },
]

describe.concurrent('peers', () => {
  it.each(peers)('$code: $fault', async ({ code, lasting, says, validates, start }) => {
    const peer = await start()
    try {
      const bad = file(`${code}-remote.job.ts`, remoteJobFile(peer.url))
      const good = file(`${code}-good.job.ts`, goodJobFile)
      const process = await running([bad, good, '--data', join(folder, `${code}-data`)])
      // The neighbour in the same process counts what it gets.
      await sendAll(process.amqp, 'good', [jsonMessage({ room: 'a', celsius: 20, at: '2020-01-01T00:00:00Z' })])
      await until('the row of the neighbour', async () => ((await process.rows('seen')).length === 1 ? true : undefined))
      await process.command.said(says)
      const remote = await until('the state of the job', async () => {
        const found = (await process.jobs()).find(({ id }) => id === 'remote')
        return found && (lasting ? found.state === 'failed' : found.attention.length > 0) ? found : undefined
      })
      if (lasting) expect(remote.error).toMatchObject({ code, hint: expect.stringMatching(/.{10,}/) as string })
      else expect(remote.attention.join('\n')).toMatch(says)
      expect((await process.jobs()).find(({ id }) => id === 'good')).toMatchObject({ state: 'running', counts: { counted: 1 } })
      const { code: exit, stderr } = await process.stop()
      expect(exit).toBe(lasting ? 1 : 0)
      expect(stderr).toContain(code)
      expect(stderr).not.toContain('wrong@')
      if (lasting) expect(explained(stderr)).toEqual([code])

      const validated = await finished(['validate', bad])
      expect(validated.code).toBe(validates === 'error' ? 1 : 0)
      if (validates !== 'ok') {
        expect(validated.stderr).toMatch(new RegExp(`^${validates} +${code} .*\\n.*try: .+`, 'm'))
        expect((await finished(['validate', '--strict', bad])).code).toBe(1)
      }
    } finally {
      await peer.close()
    }
  })
})
