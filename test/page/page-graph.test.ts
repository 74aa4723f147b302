import { AxeBuilder } from '@axe-core/playwright'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../support/until.js'
import { hasChromium, visit } from './browser.js'
import { type FeedPage, openFeedPage } from './feed-page.js'
import type { FeedServer } from './feed-server.js'
import { hostileName } from './scripted-feed.js'

describe.skipIf(!hasChromium)('what is behind the figures', () => {
  let site: FeedPage
  let browser: Browser
  let server: FeedServer
  let url: string

  beforeAll(async () => {
    site = await openFeedPage()
    ;({ browser, server, url } = site)
  })
  afterAll(() => site?.close())

  test('the keyboard walks the graph as the rows flow; Enter opens an edge, which can be paused and is closed behind one', async () => {
    const { page, faults, close } = await visit(browser, url)
    const first = page.locator('.node[tabindex="0"]')
    await first.waitFor()
    await first.focus()
    await page.keyboard.press('ArrowRight')
    const focused = (): Promise<string> => page.evaluate("document.activeElement.getAttribute('aria-label')")
    expect(await focused()).toBe('readings → eventTime, 1,240/s: see rows that pass')
    expect(await page.locator('.graph-host [tabindex="0"]').count()).toBe(1)
    await page.keyboard.press('Enter')
    const tap = page.locator('.tap')
    await tap.locator('tbody tr').nth(2).waitFor()
    expect(await tap.locator('thead').textContent()).toBe('camemotecelsiusnote')
    expect(await tap.locator('tbody tr').first().locator('td').allTextContents()).toEqual([
      expect.stringMatching(/^\d\d:\d\d:\d\d$/),
      '3',
      '27.1',
      hostileName,
    ])
    expect(await tap.locator('header p').textContent()).toBe('a sample of 372 rows that passed')
    expect((await new AxeBuilder({ page }).include('.graph').analyze()).violations.map(({ id }) => id)).toEqual([])
    expect(server.taps).toBe(1)
    await tap.getByRole('button', { name: 'Pause' }).click()
    await until('the tap to end', () => server.taps === 0)
    await tap.getByRole('button', { name: 'Go on' }).click()
    await until('the tap to go on', () => server.taps === 1)
    await tap.getByRole('button', { name: 'Close' }).click()
    await until('the tap to end', () => server.taps === 0)
    expect(await focused()).toContain('readings → eventTime')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')
    await page.locator('.facts', { hasText: '12 % of one core' }).waitFor()
    expect(await page.locator('.graph-panel').count()).toBe(1)
    await page.locator('.graph-panel button').focus()
    await page.keyboard.press('Escape')
    expect(await page.locator('.graph-panel').count()).toBe(0)
    expect(await focused()).toMatch(/^eventTime/)
    expect(faults).toEqual([])
    await close()
  })

  test('a hidden tab paints nothing and listens to no edge, and catches up when it is seen again', async () => {
    const { page, close } = await visit(browser, url)
    await page.locator('.plot canvas').first().waitFor()
    await page.locator('.link').first().dispatchEvent('click')
    await until('the tap', () => server.taps === 1)
    await page.evaluate(`{
      window.painted = 0
      const { clearRect } = CanvasRenderingContext2D.prototype
      CanvasRenderingContext2D.prototype.clearRect = function (...box) { window.painted++; clearRect.apply(this, box) }
      window.show = isShown => {
        Object.defineProperty(document, 'hidden', { configurable: true, get: () => !isShown })
        document.dispatchEvent(new Event('visibilitychange'))
      }
      window.show(false)
    }`)
    await until('the tap to end', () => server.taps === 0)
    const before = await page.evaluate<number>('window.painted')
    for (let i = 0; i < 8; i++) server.advance()
    // What is asked of the page is answered after what it was told before.
    await page.evaluate("fetch('api/v1/jobs').then(answer => answer.json())")
    expect(await page.evaluate<number>('window.painted')).toBe(before)
    await page.evaluate('window.show(true)')
    await until('a picture', async () => (await page.evaluate<number>('window.painted')) > before)
    await until('the tap again', () => server.taps === 1)
    await close()
  })

  test('another job closes the tap', async () => {
    const { page, close } = await visit(browser, url)
    await page.locator('.link').first().dispatchEvent('click')
    await until('the tap', () => server.taps === 1)
    await page.getByRole('link', { name: 'thermostat' }).click()
    await until('the tap to end', () => server.taps === 0)
    await close()
  })

  test('a dead letter shows its bytes, leads to its explanation, and can be tried again', async () => {
    const { page, faults, close } = await visit(browser, url)
    const letters = page.locator('.dead-letters')
    await letters.getByRole('button', { name: 'Bytes of MR201' }).click()
    await letters.locator('.dump tr').first().waitFor()
    expect(await letters.locator('.dump tr').allTextContents()).toEqual([
      '00007b 22 6d 6f 74 65 22 3a 33 2c 22 74 65 6d 70 65{"mote":3,"tempe',
      '001072 61 74 75 72 65 22 3a 32 37 2e 34 2c 7d 7d 01rature":27.4,}}·',
    ])
    // What cannot be taken in again offers no such thing.
    expect(await letters.getByRole('button', { name: 'Retry MR157' }).count()).toBe(0)
    await letters.getByRole('button', { name: 'Retry MR203' }).click()
    await letters.locator('.retried', { hasText: /retried at \d\d:\d\d:\d\d/ }).waitFor()
    expect(server.posted.at(-1)).toEqual({ path: '/api/v1/dead-letters/6-4/retry', guard: '1' })
    expect(await letters.locator('.dump').count()).toBe(1)
    const href = await letters.getByRole('link', { name: 'MR201' }).getAttribute('href')
    await page.goto(new URL(href!, url).href)
    expect(await page.locator('section:target').innerText()).toContain('MR201')
    // One of two hundred sections that are alike.
    expect((await new AxeBuilder({ page }).include('section:target').analyze()).violations.map(({ id }) => id)).toEqual([])
    expect(faults).toEqual([])
    await close()
  })

  test('before eventTime there is no watermark: nodes and edges tell the arrival', async () => {
    const { page, close } = await visit(browser, url)
    await page.locator('.node.source', { hasText: /arrival \d\d:\d\d:\d\d/ }).waitFor()
    await page.locator('.node', { hasText: /^eventTime.*watermark \d\d:\d\d:\d\d/ }).waitFor()
    await page.locator('.graph').scrollIntoViewIfNeeded()
    await page.locator('.node.source').dispatchEvent('click')
    const facts = page.locator('.facts div')
    await facts.filter({ hasText: /^last arrival2010-05-10 14:\d\d:\d\d UTC, 12 s ago/ }).waitFor()
    expect(await facts.filter({ hasText: /^watermark/ }).count()).toBe(0)
    await page.getByRole('button', { name: /^eventTime → climate/ }).dispatchEvent('click')
    await page.locator('.tap thead', { hasText: 'event time' }).waitFor()
    await page.locator('.tap header p', { hasText: /· watermark \d\d:\d\d:\d\d$/ }).waitFor()
    await close()
  })

  test('late rows name the window that they missed and by how much', async () => {
    const { page, close } = await visit(browser, url)
    await page.getByRole('link', { name: '61', exact: true }).click()
    const cells = page.locator('.late-rows tbody tr').first().locator('td')
    await cells.first().waitFor()
    const { eventTime, window } = server.feed.lateRows('mote-climate')[0]!
    const time = (ms: number, to: number): string => new Date(ms).toISOString().slice(11, to)
    expect((await cells.allTextContents()).slice(1)).toEqual([
      `mote 3 · celsius 26.9 · at ${time(eventTime, 19)}`,
      time(eventTime, 19),
      `${time(window.start, 16)}–${time(window.end, 16)} of humid and climate`,
      '73 s',
    ])
    // Three messages, each reported by two operators.
    expect(await page.locator('.late-rows tbody tr').count()).toBe(3)
    expect(await page.locator('.late-rows a').count()).toBe(0)
    await close()
  })

  test('of many late rows the newest are shown, and the rest is a link away', async () => {
    server.feed.lateListed = 24
    const { page, close } = await visit(browser, url)
    await page.getByRole('link', { name: '61', exact: true }).click()
    const more = page.locator('.late-rows').getByRole('link', { name: 'More as JSON' })
    await more.waitFor()
    expect(await page.locator('.late-rows tbody tr').count()).toBe(8)
    const rows = await page.request.get(new URL((await more.getAttribute('href'))!, url).href)
    expect(await rows.json()).toHaveLength(48)
    server.feed.lateListed = 3
    await close()
  })

  test('late rows stay listed when the process that saw them is killed; who comes later is told why there are none', async () => {
    const { page, close } = await visit(browser, url)
    await page.getByRole('link', { name: '61', exact: true }).click()
    const rows = page.locator('.late-rows tbody tr')
    await rows.nth(2).waitFor()
    // The next one lists what came since: one of its own.
    server.feed.lateListed = 1
    server.feed.beLate()
    server.advance()
    await rows.nth(3).waitFor()
    expect(await rows.count()).toBe(4)
    await page.locator('.late-rows header', { hasText: '62 in all, newest first' }).waitFor()
    server.feed.lateListed = 0
    await page.reload()
    await page.locator('.late-rows').scrollIntoViewIfNeeded()
    await page.locator('.late-rows header', { hasText: '62 in all, before this process began; each counted' }).waitFor()
    expect(await rows.count()).toBe(0)
    server.feed.lateListed = 3
    await close()
  })

  test('a thousand devices cost no more than what can be seen', async () => {
    server.feed.devices = 1000
    const { page, close } = await visit(browser, `${url}#max-temperature`)
    await page.locator('.device-section', { hasText: '1,000 devices, most abnormal first, one scale' }).waitFor()
    const box = page.locator('.devices-box.long')
    await box.waitFor()
    expect(await page.locator('.device').count()).toBeLessThan(60)
    await box.evaluate(part => part.scrollTo(0, part.scrollHeight))
    await page.locator('.device', { hasText: 'device 1000' }).waitFor()
    expect(await page.locator('.device').count()).toBeLessThan(60)
    await box.evaluate(part => part.scrollTo(0, 0))
    await page.locator('.device b', { hasText: /^device 1$/ }).waitFor()
    await page.getByRole('button', { name: 'Devices as a table' }).click()
    const lines = page.locator('.device-section tbody tr')
    await lines.first().waitFor()
    expect(await lines.count()).toBe(200)
    expect(await lines.first().innerText()).toMatch(/^device \d+\s+[\d.]+ °C\s+(now|\d+ s ago)\s+normal$/)
    await page.locator('.device-section', { hasText: 'and 800 more, in the same order' }).waitFor()
    server.feed.devices = 40
    await close()
  })

  test('an alarmed device comes first and says why', async () => {
    const { page, close } = await visit(browser, url)
    const first = page.locator('.device').first()
    await first.and(page.locator('.alert')).waitFor()
    expect(await first.locator('.note').textContent()).toBe('max 41.2, above\u00a030\u00a0°C')
    await close()
  })
})
