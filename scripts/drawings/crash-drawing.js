import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { amber, box, dot, green, hair, line, pale, picture, red, scale, text, water } from './svg.js'

const dist = fileURLToPath(new URL('../../dist/src/', import.meta.url))
const main = join(dist, 'cli', 'main.js')
const { DeviceLink, bodyText } = await import(new URL('../../dist/src/demo/device-link.js', import.meta.url).href)

const { systemTime } = await import(new URL('../../dist/src/runtime/seams/system-time.js', import.meta.url).href)

/** More are sent where a slow machine needs longer to come back. */
const leastReadings = 4_000
const mostReadings = 10 * leastReadings
const perWindow = 100
const everyMs = 2
/** Parts of the least readings after which the job is killed. */
const kills = [0.3, 0.65]
const patienceMs = 60_000
// Windows close by what is sent alone: a sender that is held up for a moment makes no reading late.
const job = `
import { aggregate, count, eventTime, into, job, schema, timestamp, tumbling } from 'millrace'
import { amqp, amqpSink, json, messageId } from 'millrace/amqp'
const Reading = schema({ at: timestamp('epoch-ms') })
export default job('killed', ({ read }) => [
  read('readings', amqp({ address: 'readings', id: messageId(), decode: json(Reading) })).pipe(
    eventTime(r => r.at, { outOfOrderness: '0s', closeWhenQuiet: false }),
    aggregate('second', { by: () => ({}), over: tumbling('1s') }, { n: count() }),
    into(amqpSink('results', { address: 'results' })),
  ),
])
`

const pause = ms => new Promise(resolve => setTimeout(resolve, ms))

/** Resolves with what a process says first that matches. */
const said = (child, pattern) =>
  new Promise((resolve, reject) => {
    let text = ''
    child.stderr.on('data', data => {
      text += data
      const found = pattern.exec(text)
      if (found) resolve(found)
    })
    child.once('close', () => reject(new Error(`ended before it said ${pattern}:\n${text}`)))
  })

/** Runs a job under steady load, kills it twice, and gives when what happened, in ms since the first reading. */
export async function killedRun() {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-drawing-'))
  const children = []
  const start = (args, env = {}) => {
    const child = spawn(process.execPath, [main, ...args], {
      env: { ...process.env, NO_COLOR: '1', ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const ended = new Promise(resolve => child.once('exit', resolve))
    children.push({ child, ended })
    return { child, ended }
  }
  const file = join(folder, 'killed.job.ts')
  writeFileSync(file, job)
  let link
  try {
    const addresses = ['readings', 'results'].flatMap(name => ['--address', `${name}:queue`])
    const node = start(['broker', '--listen', '127.0.0.1:0', '--data', join(folder, 'node'), ...addresses])
    const [url] = await said(node.child, /amqp:\/\/[\d.:]+/)
    const began = performance.now()
    const now = () => performance.now() - began
    const lives = []
    /** A life of the job, from the end of the one before; `ready` once it says so. */
    const live = former => {
      const life = { from: undefined, ready: undefined, to: undefined, failed: undefined, process: undefined }
      const begin = async () => {
        former?.process.child.kill('SIGKILL')
        await former?.process.ended
        life.from = now()
        life.process = start(['run', file, '--http', '127.0.0.1:0', '--data', join(folder, 'data')], { MILLRACE_AMQP_URL: url })
        void life.process.ended.then(() => {
          life.to ??= now()
        })
        await said(life.process.child, /page\s+http/)
        life.ready = now()
      }
      life.begun = begin().catch(error => {
        life.failed = error
      })
      lives.push(life)
      return life
    }
    const holds = life => {
      if (life.failed) throw life.failed
    }
    link = new DeviceLink(url, 'drawing', systemTime)
    const results = []
    link.listen('results', 'queue', message => results.push({ at: now(), ...JSON.parse(bodyText(message)) }))
    let life = live()
    await life.begun
    holds(life)
    const sent = []
    const send = async () => {
      const i = sent.length
      const body = { data: JSON.stringify({ at: (i * 1000) / perWindow }) }
      await link.send({ address: 'readings', capability: 'queue', id: `reading-${i}`, body })
      sent.push(now())
    }
    const due = kills.map(part => part * leastReadings)
    while (sent.length < leastReadings || due.length > 0 || life.ready === undefined || sent.length % perWindow !== 0) {
      if (sent.length === mostReadings) throw new Error(`the job is not back after ${mostReadings} readings`)
      if (sent.length % 10 === 0) await pause(everyMs * 10)
      await send()
      holds(life)
      if (life.ready === undefined || sent.length < due[0]) continue
      if (due.shift() !== undefined) life = live(life)
    }
    const expected = sent.length / perWindow
    // The first reading of a window that stays open closes the one before.
    await send()
    sent.pop()
    const deadline = now() + patienceMs
    while (results.length < expected && now() < deadline) await pause(20)
    // A result that came twice would be in the queue before what is sent now.
    await link.send({ address: 'results', capability: 'queue', id: 'end', body: { data: '{"n":0,"end":true}' } })
    while (!results.some(({ end }) => end) && now() < deadline) await pause(20)
    const rows = results.filter(({ end }) => !end)
    const windows = new Set(rows.map(({ window_start }) => window_start))
    const whole = rows.filter(({ n }) => n === perWindow)
    if (rows.length !== expected || windows.size !== expected || whole.length !== expected)
      throw new Error(`${rows.length} results of ${windows.size} windows, ${whole.length} of them whole, instead of ${expected}`)
    return { sent, rows, lives: lives.map(({ from, ready, to }) => ({ from, ready, to: to ?? now() })), firstSent: sent[0], ends: now() }
  } finally {
    link?.close()
    for (const { child, ended } of children) {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
      await ended
    }
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What was sent, when the process lived, and when each result came. */
export function crashDrawing({ sent, rows, lives, firstSent, ends }) {
  const width = 760
  const height = 280
  const x = scale([firstSent - 200, ends], [110, width - 24])
  const bucket = 250
  const lanes = { sent: 78, job: 140, results: 204 }
  const name = (y, words) => text(24, y, words, { fill: pale, size: 12 })
  const counts = []
  for (let at = firstSent; at < sent.at(-1); at += bucket) counts.push({ at, count: sent.filter(t => t >= at && t < at + bucket).length })
  const most = Math.max(...counts.map(({ count }) => count))
  return picture(width, height, 'A job that is killed twice', [
    text(
      24,
      30,
      `${sent.length.toLocaleString('en')} readings, kill −9 twice: ${rows.length} windows, each of ${perWindow} readings, none missing, none twice`,
      {
        weight: 600,
      },
    ),
    name(lanes.sent - 8, 'sent'),
    counts.map(({ at, count }) =>
      box(x(at), lanes.sent - (30 * count) / most, x(at + bucket) - x(at) - 1, (30 * count) / most, water, { opacity: 0.5, round: 1 }),
    ),
    name(lanes.job, 'job'),
    lives.map(({ from, ready, to }, i) => {
      const [begins, serves, ends] = [from, ready, to].map(at => Math.max(110, x(at)))
      const middle = Math.min((begins + serves) / 2, width - 90)
      return [
        box(begins, lanes.job - 14, serves - begins, 18, amber, { opacity: 0.25 }),
        box(serves, lanes.job - 14, ends - serves, 18, green, { opacity: 0.3 }),
        i < lives.length - 1
          ? [line(ends, 40, ends, 216, red, { dash: '3 3' }), text(ends + 5, 46, 'kill −9', { fill: red, size: 12 })]
          : [],
        i > 0
          ? text(middle, lanes.job + 20, `recovered in ${((ready - from) / 1000).toFixed(1)} s`, {
              fill: amber,
              anchor: 'middle',
              size: 12,
            })
          : [],
      ]
    }),
    name(lanes.results, 'results'),
    rows.map(({ at, window_start }) => dot(x(at), lanes.results + 4 - ((Date.parse(window_start) / 1000) % 5) * 6, green, 3)),
    line(110, 232, width - 24, 232, hair),
    Array.from({ length: Math.floor((ends - firstSent) / 1000) + 1 }, (_, s) =>
      text(x(firstSent + s * 1000), 248, `${s} s`, { fill: pale, anchor: 'middle', size: 12 }),
    ),
    text(
      24,
      height - 10,
      'While the job is down its messages wait at the broker; after the recovery the results that are due come at once.',
      { fill: pale, size: 12 },
    ),
  ])
}
