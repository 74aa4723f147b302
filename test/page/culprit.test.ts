import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { count } from '../../src/aggregates/count.js'
import { json } from '../../src/codecs/json.js'
import { createServer, type Server } from '../../src/http/create-server.js'
import { job } from '../../src/job/job.js'
import { aggregate } from '../../src/operators/aggregate.js'
import { eventTime } from '../../src/operators/event-time.js'
import { into } from '../../src/operators/into.js'
import { mapRows } from '../../src/operators/map-rows.js'
import { systemTime } from '../../src/runtime/seams/system-time.js'
import { type RunningJobs, startJobs } from '../../src/runtime/start-jobs.js'
import { view } from '../../src/views/view-sink.js'
import { tumbling } from '../../src/windows/tumbling.js'
import { FakeSink } from '../runtime/fake-sink.js'
import { FakeSource } from '../runtime/fake-source.js'
import { Reading, reading } from '../runtime/rig.js'
import { silentLog } from '../support/silent-log.js'
import { buildPage, hasChromium, launch, visit } from './browser.js'

describe.skipIf(!hasChromium)('the page names whoever holds the flow back', () => {
  const source = new FakeSource()
  const sink = new FakeSink()
  let msPerRow = 0
  let folder: string
  let browser: Browser
  let jobs: RunningJobs
  let server: Server
  let send: NodeJS.Timeout

  const plant = job('plant', ({ read }) => {
    const windows = read('readings', source.spec(json(Reading))).pipe(
      mapRows('convert', Reading, row => {
        for (const end = performance.now() + msPerRow; performance.now() < end; ) Math.sqrt(end)
        return row
      }),
      eventTime(r => r.at, { outOfOrderness: '1s' }),
      aggregate('windows', { by: r => ({ room: r.room }), over: tumbling('1s') }, { n: count() }),
    )
    return [windows.pipe(into(view('counts'))), windows.pipe(into(sink.spec('archive')))]
  })

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'millrace-page-'))
    await buildPage(folder)
    jobs = await startJobs({ jobs: [plant], log: silentLog, env: {}, dataDir: null, time: systemTime })
    const bind = { host: '127.0.0.1', port: 0, portNamed: false }
    server = await createServer({ host: jobs.host, pageDir: folder, bind, version: '0.0.0', time: systemTime, log: silentLog })
    browser = await launch()
    // Three hundred readings a second: a slow operator that takes 10 ms for each cannot keep up.
    send = setInterval(() => {
      if (source.queue.length < 100) source.send(...Array.from({ length: 6 }, () => reading(systemTime.wall())))
    }, 20)
  })
  afterAll(async () => {
    clearInterval(send)
    sink.release()
    await browser?.close()
    await server?.close()
    await jobs?.stop(1_000)
    await rm(folder, { recursive: true, force: true })
  })

  test('an operator that is slow on purpose, and a sink that stops; nobody while all is well', async () => {
    const { page, faults, close } = await visit(browser, server.url)
    const named = page.locator('p.culprit')
    await page.locator('#sentence', { hasText: 'messages a second' }).waitFor()
    await page.locator('p.culprit', { hasText: 'Nothing holds the flow back.' }).waitFor()

    msPerRow = 10
    let since = performance.now()
    // In µs where the machine runs others meanwhile: only the operator's own share of the time counts.
    await page.locator('p.culprit', { hasText: /convert is slow: [\d.]+ (ms|µs) a row; upstream waits/ }).waitFor()
    const slowNamedMs = performance.now() - since
    await page.locator('#sentence', { hasText: 'convert is slow' }).waitFor()
    await page.locator('.node.culprit', { hasText: 'convert' }).waitFor()

    msPerRow = 0
    await page.locator('p.culprit', { hasText: 'Nothing holds the flow back.' }).waitFor()

    sink.held = true
    since = performance.now()
    await page.locator('p.culprit', { hasText: /archive has waited \d+ s for the sink to acknowledge/ }).waitFor()
    await page.locator('#sentence', { hasText: 'archive has waited' }).waitFor()
    const stoppedNamedMs = performance.now() - since
    // Ten seconds are promised, and held in test/runtime/culprit.test.ts, without the time in which the machine ran others.
    console.info(`named: the slow operator after ${slowNamedMs.toFixed(0)} ms, the stopped sink after ${stoppedNamedMs.toFixed(0)} ms`)
    sink.release()
    await page.locator('p.culprit', { hasText: 'Nothing holds the flow back.' }).waitFor()
    expect(await named.count()).toBe(1)
    expect(faults).toEqual([])
    await close()
  })
})
