/**
 * The page under a long load: 24 charts of four series and two limits each, every one moving ten times a second, in Chromium.
 * `npm run soak:page -- --minutes 30 [--width 1440] [--height 900] [--charts 24] [--keys 4] [--trace FILE]`. Prints heap (after a
 * collection) and processor time once a minute; fails when the heap has grown by a tenth since the warm-up, or the page takes more than 15 % of a core:
 * the time that its own process and the one that composes the picture have spent. That its main thread was in a task says less,
 * for on a busy machine a task also waits; it is printed beside.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'
import { buildPage } from './build-page.js'

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    width: { type: 'string', default: '1440' },
    height: { type: 'string', default: '900' },
    charts: { type: 'string', default: '24' },
    keys: { type: 'string', default: '4' },
    /** Ten seconds of what the page does, for the performance panel of Chromium. */
    trace: { type: 'string' },
  },
})
const minutes = Number(options.minutes)
const traceMs = 10_000
const charts = Number(options.charts)
const warmUpMs = Math.min(60_000, minutes * 30_000)
const frameMs = 100
/** Slots that the page keeps: a snapshot of as many makes it warm from the start. */
const keptRows = 4096
/** Rows of a greeting, as the server bounds it where there are many keys. */
const mostRows = 400_000
const keys = Array.from({ length: Number(options.keys) }, (_, i) => `room ${i + 1}`)
const job = 'soak'
const mostGrowth = 0.1
const mostCore = 0.15

const start = Date.now()
const views = Array.from({ length: charts }, (_, i) => ({
  id: `view-${i + 1}`,
  job,
  columns: [
    { name: 'room', type: 'text', nullable: false, key: true },
    { name: 'mean', type: 'number', nullable: true, unit: '°C', key: false },
    { name: 'min', type: 'number', nullable: true, unit: '°C', key: false },
    { name: 'max', type: 'number', nullable: true, unit: '°C', key: false },
    { name: 'at', type: 'timestamp', nullable: false, key: false },
  ],
  windowed: false,
  keep: null,
  rows: 0,
  bytes: 0,
  watermark: null,
}))

const rowsAt = (view, at) =>
  keys.map((key, k) => {
    const value = 20 + view + k + Math.sin(at / 9000 + k) + Math.sin(at / 700 + view) * 0.2
    return [key, value, value - 0.4, value + 0.4, at]
  })

const summary = (now, received) => ({
  id: job,
  state: 'running',
  now,
  derived: false,
  guarantee: { level: 'exactly-once', label: 'exactly once', why: [] },
  rate: (charts * keys.length * 1000) / frameMs,
  behind: 100,
  counts: { received, counted: received, late: 0, duplicate: 0, deadLettered: 0, skipped: 0, waiting: 0, results: received },
  attention: [],
})
/** A limit amid the lines, which go through its words, and one over them, as `rowsAt` has them. */
const limitsOf = view => [
  { above: 20.5 + view, for: '1m', level: 'warning', label: 'watch' },
  { above: 21.5 + view + keys.length, level: 'critical' },
]
/** A derived page would draw fewer lines than there are views here. */
const dashboard = {
  title: 'Soak',
  panels: views.map(({ id }, i) => ({ line: `${id}.mean`, band: ['min', 'max'], by: 'room', title: id, thresholds: limitsOf(i) })),
}
const frame = (type, data) => `event: ${type}\nid: 1:1\ndata: ${JSON.stringify({ type, ...data })}\n\n`

/** Serves the built page and a feed that moves ten times a second. */
const serve = async folder => {
  const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.json': 'application/json' }
  const streams = new Set()
  let received = 0
  const answers = {
    '/api/v1/jobs': () => [summary(Date.now(), received)],
    '/api/v1/views': () => views,
    '/api/v1/dashboards': () => [job],
    [`/api/v1/dashboards/${job}.json`]: () => dashboard,
    [`/api/v1/jobs/${job}/graph`]: () => ({ job, nodes: [], edges: [], mermaid: '' }),
    [`/api/v1/jobs/${job}/late`]: () => [],
  }
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost')
    if (pathname === '/api/v1/live') {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      const length = Math.min(keptRows, Math.floor(mostRows / (charts * keys.length)))
      const past = Array.from({ length }, (_, i) => start - (length - i) * frameMs)
      const seen = past.flatMap(at => keys.map(() => at))
      for (const [i, view] of views.entries()) response.write(frame('snapshot', { view, rows: past.flatMap(at => rowsAt(i, at)), seen }))
      streams.add(response)
      response.on('close', () => streams.delete(response))
    } else if (answers[pathname]) {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answers[pathname]()))
    } else {
      const path = pathname === '/' ? '/index.html' : pathname
      const bytes = path.includes('..') ? undefined : await readFile(join(folder, path)).catch(() => undefined)
      response.writeHead(bytes ? 200 : 404, { 'content-type': types[extname(path)] ?? 'text/plain' }).end(bytes)
    }
  })
  const timer = setInterval(() => {
    const now = Date.now()
    received += charts * keys.length
    const rows = views.map((view, i) => frame('upsert', { view: view.id, rows: rowsAt(i, now), seen: keys.map(() => now), removed: [] }))
    const text = rows.join('') + frame('progress', { jobs: [summary(now, received)], watermarks: {} })
    for (const stream of streams) stream.write(text)
  }, frameMs)
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  const close = () => {
    clearInterval(timer)
    server.closeAllConnections()
    server.close()
  }
  return { url: `http://127.0.0.1:${server.address().port}/`, close }
}

const traced = [
  'devtools.timeline',
  'disabled-by-default-devtools.timeline',
  'disabled-by-default-v8.cpu_profiler',
  'cc',
  'gpu',
  'toplevel',
]

const wait = ms => new Promise(resolve => setTimeout(resolve, ms))

/** Bytes of the heap that are in use: the least after a few collections, for one alone leaves what the event at hand still holds. */
const heapOf = async page => {
  let least = Number.POSITIVE_INFINITY
  for (let i = 0; i < 4; i++) {
    await page.send('HeapProfiler.collectGarbage')
    const { metrics } = await page.send('Performance.getMetrics')
    least = Math.min(least, metrics.find(one => one.name === 'JSHeapUsedSize').value)
    await wait(200)
  }
  return least
}

/** Heap after a collection, seconds of processor time of the page's process and of composition, and seconds in which its main thread was in a task. */
const measure = async (page, whole) => {
  const { metrics } = await page.send('Performance.getMetrics')
  const metric = name => metrics.find(one => one.name === name).value
  const { processInfo } = await whole.send('SystemInfo.getProcessInfo')
  const cpu = type => processInfo.filter(one => one.type === type).reduce((sum, { cpuTime }) => sum + cpuTime, 0)
  return {
    at: performance.now(),
    heap: await heapOf(page),
    busy: metric('TaskDuration'),
    page: cpu('renderer'),
    composition: cpu('GPU'),
  }
}

const share = (from, to, name) => ((to[name] - from[name]) * 1000) / (to.at - from.at)
const coreOf = (from, to) => share(from, to, 'page') + share(from, to, 'composition')
const percent = value => `${(value * 100).toFixed(1)} %`

const folder = await mkdtemp(join(tmpdir(), 'millrace-soak-'))
await buildPage(folder)
const server = await serve(folder)
const executablePath = process.env.MILLRACE_CHROMIUM ?? '/usr/bin/chromium'
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
let failed = false
try {
  const context = await browser.newContext({ viewport: { width: Number(options.width), height: Number(options.height) } })
  const page = await context.newPage()
  page.on('pageerror', error => {
    failed = true
    console.error(String(error))
  })
  // A picture begins with an empty canvas.
  await page.addInitScript(() => {
    const { clearRect } = CanvasRenderingContext2D.prototype
    globalThis.pictures = 0
    CanvasRenderingContext2D.prototype.clearRect = function (...box) {
      globalThis.pictures++
      clearRect.apply(this, box)
    }
  })
  await page.goto(server.url)
  await page.locator('.plot canvas').first().waitFor()
  const session = await context.newCDPSession(page)
  await session.send('Performance.enable')
  const whole = await browser.newBrowserCDPSession()
  await wait(warmUpMs)
  const drawn = await page.locator('.chart').count()
  if (drawn !== charts) throw new Error(`the page has ${drawn} charts, not ${charts}`)
  if (options.trace) {
    await browser.startTracing(page, { path: options.trace, categories: traced })
    await wait(traceMs)
    await browser.stopTracing()
  }
  const first = await measure(session, whole)
  console.log(`${charts} charts at ${options.width}×${options.height}: heap after warm-up ${(first.heap / 1e6).toFixed(2)} MB`)
  let last = first
  const before = await page.evaluate('window.pictures')
  const until = performance.now() + minutes * 60_000
  while (performance.now() < until) {
    await wait(Math.min(60_000, until - performance.now()))
    const now = await measure(session, whole)
    const growth = now.heap / first.heap - 1
    const parts = ['page', 'composition'].map(name => `${name} ${percent(share(last, now, name))}`).join(' + ')
    const minute = ((now.at - first.at) / 60_000).toFixed(1)
    const busy = percent(share(last, now, 'busy'))
    console.log(
      `${minute} min: heap ${(now.heap / 1e6).toFixed(2)} MB (${percent(growth)}); ${percent(coreOf(last, now))} of a core (${parts}); main thread busy ${busy} of the time`,
    )
    last = now
  }
  const pictures = (await page.evaluate('window.pictures')) - before
  const growth = last.heap / first.heap - 1
  const core = coreOf(first, last)
  console.log(`${((pictures * 1000) / (last.at - first.at)).toFixed(1)} pictures a second, of all charts in sight together`)
  console.log(`heap growth after warm-up ${percent(growth)} (at most ${percent(mostGrowth)})`)
  console.log(`${percent(core)} of a core (at most ${percent(mostCore)})`)
  failed ||= growth > mostGrowth || core > mostCore
} finally {
  await browser.close()
  server.close()
  await rm(folder, { recursive: true, force: true })
}
process.exit(failed ? 1 : 0)
