import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { until } from '../support/until.js'
import { buildPage, hasChromium, launch, phone, visit } from './browser.js'
import { FeedServer } from './feed-server.js'
import { killVerdict } from './scripted-demo.js'

/** It draws, and has heard of the demo: before that no key does anything. */
const ready = async (page: Page): Promise<void> => {
  await page.locator('.plot canvas').first().waitFor()
  await page.locator('.demo').waitFor()
}

/** What the page has asked for until now has come to the server. */
const asked = (page: Page): Promise<unknown> => page.evaluate("fetch('api/v1/jobs').then(answer => answer.json())")

describe.skipIf(!hasChromium)('the page of a demo', () => {
  let browser: Browser
  let server: FeedServer
  let folder: string
  let url: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'millrace-page-'))
    await buildPage(folder)
    browser = await launch()
  })
  beforeEach(async () => {
    await server?.close()
    server = new FeedServer(folder)
    url = await server.listen()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
    await rm(folder, { recursive: true, force: true })
  })

  test('each key does what it says, with the header that guards it, and is explained', async () => {
    const { page, faults, close } = await visit(browser, url)
    await ready(page)
    await page.locator('.happening', { hasText: 'Do to it what happens in the field' }).waitFor()
    for (const key of ['l', 'b', 'd', 'u', 'k']) {
      await page.keyboard.press(key)
      await until(key, () => server.posted.length > 0)
      expect(server.posted.pop()?.guard).toBe('1')
    }
    await page.locator('.happening', { hasText: 'Kill −9' }).waitFor()
    expect(await page.locator('.earlier li').allInnerTexts()).toEqual([
      expect.stringContaining('Unplug the broker'),
      expect.stringContaining('Duplicates'),
    ])
    await page.locator('.demo-state', { hasText: /^the broker is unplugged$/ }).waitFor()
    await page.locator('body').press('Space')
    await page.locator('.demo-state', { hasText: 'paused: the data clock stands still' }).waitFor()
    await page.locator('body').press('Space')
    await page.locator('.happening', { hasText: 'Go on' }).waitFor()
    expect(faults).toEqual([])
    await close()
  })

  test('what is known only later of a happening is told where it stands, newest or not', async () => {
    const { page, close } = await visit(browser, url)
    await ready(page)
    await page.keyboard.press('k')
    await page.locator('.happening', { hasText: 'none changed' }).waitFor()
    server.demo.tellMore('kill', killVerdict)
    server.tellDemo()
    await page.locator('.happening', { hasText: killVerdict }).waitFor()
    await page.keyboard.press('u')
    await page.locator('.earlier li', { hasText: killVerdict }).waitFor()
    server.demo.tellMore('kill', 'And that is all.')
    server.tellDemo()
    await page.locator('.earlier li', { hasText: 'And that is all.' }).waitFor()
    await close()
  })

  test('a kill is told to be on purpose, by who is killed, and what became of it', async () => {
    const { page, close } = await visit(browser, url)
    await ready(page)
    server.demo.killed = true
    server.tellDemo()
    await page.locator('.demo-state', { hasText: 'its process is killed on purpose; the next one recovers' }).waitFor()
    server.away(true)
    await page.locator('#sentence', { hasText: /^Killed on purpose \d+ s ago; the next process recovers/ }).waitFor()
    server.demo.killed = false
    server.away(false)
    await page.locator('#outage', { hasText: 'The process was killed on purpose, and the next one answered after' }).waitFor()
    await page.locator('.demo-state', { hasText: /^$/ }).waitFor({ state: 'attached' })
    // The next loss is none of anybody's doing.
    server.away(true)
    await page.locator('#sentence', { hasText: 'Connection lost' }).waitFor()
    await close()
  })

  test('keys are left alone while somebody types, presses a button, or holds Ctrl', async () => {
    const { page, close } = await visit(browser, `${url}#max-temperature`)
    await ready(page)
    await page.locator('.picker summary').click()
    await page.getByRole('searchbox').pressSequentially('bulk')
    await page.keyboard.press('Control+l')
    await page.locator('.chart').first().getByRole('button', { name: 'Table' }).focus()
    await page.keyboard.press('Space')
    await page.locator('.table-view tbody tr').first().waitFor()
    await asked(page)
    expect(server.posted).toEqual([])
    await close()
  })

  test('a key is answered at once, before it is done', async () => {
    const { page, close } = await visit(browser, url)
    await ready(page)
    server.demo.isSlow = true
    await page.keyboard.press('l')
    await page.locator('.demo-state', { hasText: /^late burst …$/ }).waitFor()
    server.demo.isSlow = false
    await page.locator('.happening', { hasText: 'Late burst' }).waitFor()
    await page.locator('.demo-state', { hasText: /^$/ }).waitFor({ state: 'attached' })
    await close()
  })

  test('the same with buttons; what is refused says why', async () => {
    const { page, close } = await visit(browser, url, phone)
    await ready(page)
    await page.getByRole('button', { name: 'late burst' }).click()
    await page.locator('.happening', { hasText: 'Late burst' }).waitFor()
    server.advance()
    await page.locator('.late-rows').scrollIntoViewIfNeeded()
    await page.locator('.late-rows', { hasText: '62 in all' }).waitFor()
    server.demo.isReadOnly = true
    await page.getByRole('button', { name: 'bad message' }).click()
    await page.locator('.refusal', { hasText: /^Not done: 'bad' cannot be done now\. Look at what can be done\.$/ }).waitFor()
    await close()
  })

  test('who may only look sees what happens and is offered nothing', async () => {
    server.demo.act('late')
    server.demo.isReadOnly = true
    const { page, close } = await visit(browser, url)
    await ready(page)
    await page.locator('.happening', { hasText: 'Late burst' }).waitFor()
    expect(await page.locator('.demo-actions button').count()).toBe(0)
    await page.locator('.dead-letters tbody tr').first().waitFor()
    expect(await page.getByRole('button', { name: /^Retry/ }).count()).toBe(0)
    await page.keyboard.press('k')
    await asked(page)
    expect(server.posted).toEqual([])
    await close()
  })

  test('the question mark lists the keys', async () => {
    const { page, close } = await visit(browser, url)
    await ready(page)
    await page.keyboard.press('?')
    const dialog = page.getByRole('dialog', { name: 'Keys' })
    expect(await dialog.locator('dt').allTextContents()).toEqual(expect.arrayContaining(['space', 'l', 'b', 'd', 'u', 'k', '?']))
    expect((await new AxeBuilder({ page }).include('dialog').analyze()).violations).toEqual([])
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    await page.getByRole('button', { name: 'Keys', exact: true }).click()
    await dialog.waitFor()
    await close()
  })

  test.each([
    ['1920×1080', { width: 1920, height: 1080 }],
    ['1280×720', { width: 1280, height: 720 }],
  ])('a projector of %s: everything in one screen, nothing to press, nothing to scroll', async (_, viewport) => {
    server.feed.trouble = true
    server.demo.act('late')
    const { page, faults, close } = await visit(browser, `${url}?kiosk=1`, { viewport })
    await ready(page)
    await page.locator('.happening', { hasText: 'Late burst' }).waitFor()
    // As after a real kill: the connection was lost, and all that is told of it stands there in large type.
    server.away(true)
    await page.locator('#sentence', { hasText: 'Connection lost' }).waitFor()
    server.away(false)
    await page.locator('#outage', { hasText: 'is back' }).waitFor()
    // The browser says that the stream was cut.
    faults.length = 0
    await page.keyboard.press('k')
    await page.locator('.happening', { hasText: 'Kill −9' }).waitFor()
    server.demo.tellMore('kill', killVerdict)
    server.tellDemo()
    await page.locator('.demo[data-fresh] .happening', { hasText: killVerdict }).waitFor()
    await page.locator('.graph-host svg').waitFor()
    server.advance()
    await page.locator('#outage', { hasText: 'is back' }).waitFor()
    // There is room for both rows of devices, with the gap between them, whatever is told.
    const room = await page.evaluate<number>(`(() => {
      const gap = parseFloat(getComputedStyle(document.querySelector('.devices')).rowGap)
      return document.querySelector('.devices-box').clientHeight - 2 * document.querySelector('.device').offsetHeight - gap
    })()`)
    expect(room).toBeGreaterThanOrEqual(0)
    const spilt = await page.evaluate<
      string[]
    >(`[...document.querySelectorAll('.sentence, .seal, .plot, .fate dl, .device, .graph-host svg, .happening')]
      .filter(part => { const box = part.getBoundingClientRect(); return box.bottom > innerHeight + 1 || box.right > innerWidth + 1 || box.height < 10 })
      .map(part => part.className.baseVal ?? part.className)`)
    expect(spilt).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollHeight <= innerHeight && document.body.scrollHeight <= innerHeight')).toBe(
      true,
    )
    expect(await page.locator('button:visible').count()).toBe(0)
    await until('all devices', async () => (await page.locator('.device:visible').count()) === 4)
    const type = await page.evaluate<number>("parseFloat(getComputedStyle(document.querySelector('#sentence')).fontSize)")
    expect(type / viewport.height).toBeGreaterThan(0.03)
    expect((await new AxeBuilder({ page }).analyze()).violations.map(({ id }) => id)).toEqual([])
    await page.keyboard.press('b')
    await page.locator('.happening', { hasText: 'Bad message' }).waitFor()
    expect(faults).toEqual([])
    await close()
  })
})
