import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../support/until.js'
import { hasChromium, phone, visit } from './browser.js'
import { type FeedPage, openFeedPage } from './feed-page.js'
import type { FeedServer } from './feed-server.js'

const ready = async (page: Page): Promise<void> => {
  await page.locator('.plot canvas').first().waitFor()
  await page.locator('.graph-host svg').waitFor()
  await page.locator('.dead-letters tbody tr').first().waitFor()
}

/** Nothing more comes by itself, not even what is asked for only once the reader is near: no stop of the Tab key appears on the way. */
const complete = async (page: Page): Promise<void> => {
  await ready(page)
  await page.locator('.demo-actions button').first().waitFor()
  await page.locator('.alerts button').first().waitFor()
  await page.locator('.device').first().waitFor()
  await page.locator('.late-rows').scrollIntoViewIfNeeded()
  await page.locator('.late-rows tbody tr').first().waitFor()
  await page.evaluate('scrollTo(0, 0)')
}

/** What the focus is on, as a person would call it. */
const focused = (page: Page): Promise<string> =>
  page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent.trim()")

/** Presses Tab until the focus is on what is called so. */
const tabTo = async (page: Page, name: RegExp): Promise<void> => {
  for (let i = 0; i < 80; i++) {
    await page.keyboard.press('Tab')
    if (name.test(await focused(page))) return
  }
  throw new Error(`Tab does not come to ${String(name)}`)
}

describe.skipIf(!hasChromium)('the page without a mouse and without eyes', () => {
  let site: FeedPage
  let browser: Browser
  let server: FeedServer
  let url: string

  beforeAll(async () => {
    site = await openFeedPage()
    ;({ browser, server, url } = site)
  })
  afterAll(() => site?.close())

  test('Tab comes to everything that can be pressed, in the order of the page, and one sees where it is', async () => {
    const { page, close } = await visit(browser, url)
    await complete(page)
    const names = await page.evaluate<string[]>(`{
      const all = document.querySelectorAll('a[href], button, input, summary, [tabindex="0"]')
      window.stops = [...all].filter(part => part.checkVisibility() && !part.disabled)
      window.stops.map(part => part.getAttribute('aria-label') ?? part.textContent.trim())
    }`)
    expect(names.length).toBeGreaterThan(25)
    const visited: string[] = []
    for (const name of names) {
      await page.keyboard.press('Tab')
      visited.push(await focused(page))
      const isSeen = await page.evaluate<boolean>(`{
        const part = document.activeElement
        const style = getComputedStyle(part)
        const inner = part.querySelector(':scope > rect, :scope > .reach')
        const isRinged = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
        isRinged || (inner !== null && getComputedStyle(inner).stroke !== 'none' && parseFloat(getComputedStyle(inner).strokeWidth) >= 3)
      }`)
      expect(isSeen, name).toBe(true)
    }
    expect(visited).toEqual(names)
    await close()
  })

  test('all that the page does can be done with the keyboard', async () => {
    const { page, faults, close } = await visit(browser, url)
    await ready(page)
    await page.keyboard.press('Tab')
    expect(await focused(page)).toBe('Skip to the page')
    await page.keyboard.press('Enter')
    expect(await page.evaluate('document.activeElement.id')).toBe('page')
    await tabTo(page, /Why\?$/)
    await page.keyboard.press('Enter')
    expect(await page.locator('.promise details').getAttribute('open')).toBe('')

    await tabTo(page, /^15 min$/)
    await page.keyboard.press('Enter')
    expect(await page.locator('.ranges [aria-pressed=true]').first().textContent()).toBe('15 min')
    await tabTo(page, /^Temperature in °C/)
    await page.keyboard.press('Home')
    const spoken = page.locator('.chart').first().locator('[aria-live=polite]')
    const first = await spoken.textContent()
    await page.keyboard.press('PageDown')
    expect(await spoken.textContent()).not.toBe(first)
    await tabTo(page, /^Table$/)
    await page.keyboard.press('Space')
    await page.locator('.chart').first().locator('.table-view tbody tr').first().waitFor()
    await tabTo(page, /^Devices as a table$/)
    await page.keyboard.press('Enter')
    await page.locator('.device-section tbody tr').first().waitFor()
    await tabTo(page, /^Table$/)
    await page.keyboard.press('Enter')
    await page.locator('.chart').nth(1).locator('.table-view tbody tr').first().waitFor()

    await tabTo(page, /^readings/)
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')
    await page.locator('.tap tbody tr').first().waitFor()
    await tabTo(page, /^Pause$/)
    await page.keyboard.press('Enter')
    await until('the tap to end', () => server.taps === 0)
    await page.keyboard.press('Escape')
    expect(await focused(page)).toMatch(/^readings → eventTime/)

    await tabTo(page, /^Bytes of MR201/)
    await page.keyboard.press('Enter')
    await page.locator('.dump tr').first().waitFor()
    await tabTo(page, /^Retry MR201/)
    await page.keyboard.press('Enter')
    await page.locator('.dead-letters .retried').waitFor()
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keys' }).waitFor()
    await page.keyboard.press('Escape')
    expect(faults).toEqual([])
    await close()
  })

  test.each([
    ['a desk, light', {}],
    ['a phone, dark', { ...phone, colorScheme: 'dark' }],
  ] as const)('with all open that can be opened nothing is inaccessible, on %s', { timeout: 120_000 }, async (_, options) => {
    server.feed.trouble = true
    for (const action of ['late', 'unplug']) server.demo.act(action)
    const { page, faults, close } = await visit(browser, url, options)
    await ready(page)
    await page.locator('.promise summary').click()
    // A short time: rules are tried on each cell.
    for (const button of await page.locator('.chart .ranges button:first-child').all()) await button.click()
    for (const button of await page.locator('.chart .tools button').all()) await button.click()
    await page.getByRole('button', { name: 'Devices as a table' }).click()
    await page.locator('.graph').scrollIntoViewIfNeeded()
    await page.locator('.link').first().dispatchEvent('click')
    await page.locator('.tap tbody tr').first().waitFor()
    await page
      .getByRole('button', { name: /^Bytes of/ })
      .first()
      .click()
    await page.locator('.dump tr').first().waitFor()
    await page.locator('.late-rows').scrollIntoViewIfNeeded()
    await page.locator('.late-rows tbody tr').first().waitFor()
    await page.locator('.alerts .firing').first().waitFor()
    await page.locator('.demo-state', { hasText: 'unplugged' }).waitFor()
    // Every chart and the devices have their numbers as a table.
    expect(await page.locator('.chart .table-view:visible tbody').count()).toBe(await page.locator('.chart').count())
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth')).toBe(true)
    expect(faults).toEqual([])
    server.feed.trouble = false
    server.demo.act('plug')
    await close()
  })

  test('a screen reader hears the cursor and what happens, not each new figure', async () => {
    const { page, close } = await visit(browser, url)
    await ready(page)
    await page.locator('.alerts li').first().waitFor()
    await page.locator('.demo-actions button').first().waitFor()
    await page.evaluate(`{
      window.heard = []
      const regions = document.querySelectorAll('[aria-live], [role=status], [role=alert]')
      const observer = new MutationObserver(changes => {
        for (const { target } of changes) {
          const text = target.textContent.trim()
          if (text !== '') window.heard.push(text)
        }
      })
      for (const region of regions) observer.observe(region, { childList: true, characterData: true, subtree: true })
    }`)
    const heard = (): Promise<readonly string[]> => page.evaluate('window.heard')
    const clock = page.locator('#clock')
    const before = await clock.textContent()
    for (let i = 0; i < 20; i++) server.advance()
    await until('new figures', async () => (await clock.textContent()) !== before)
    await page.locator('.plot').first().focus()
    await page.keyboard.press('End')
    await until('the cursor', async () => (await heard()).length > 0)
    expect(await heard()).toEqual([expect.stringMatching(/^\d\d:\d\d–\d\d:\d\d(, still open)?: mote 1 [\d.]+/)])
    await page.keyboard.press('l')
    await until('the late burst', async () => (await heard()).some(words => words.includes('Late burst')))
    expect((await heard()).filter(words => words.includes('Late burst')).length).toBe(1)
    await close()
  })

  test('under reduced motion a picture changes once a second at most', async () => {
    const { page, close } = await visit(browser, url, { reducedMotion: 'reduce' })
    await ready(page)
    await page.evaluate(`{
      window.painted = []
      const { clearRect } = CanvasRenderingContext2D.prototype
      const canvas = document.querySelector('.chart canvas')
      CanvasRenderingContext2D.prototype.clearRect = function (...box) {
        if (this.canvas === canvas) window.painted.push(document.timeline.currentTime)
        clearRect.apply(this, box)
      }
    }`)
    // Three without one that was asked for: a part that comes late and moves the chart draws it at once.
    await until('three pictures, a second after each other', async () => {
      server.advance()
      const [first, second, third] = (await page.evaluate<readonly number[]>('window.painted')).slice(-3)
      return second! - first! > 900 && third! - second! > 900
    })
    await close()
  })

  test('is first painted within a second', async () => {
    const { page, close } = await visit(browser, url)
    const painted = (): Promise<number> =>
      until('the first paint', () =>
        page.evaluate<number | undefined>("performance.getEntriesByName('first-contentful-paint')[0]?.startTime"),
      )
    // The best of a few: a machine that does other things at the same time says nothing about the page.
    let best = await painted()
    for (let i = 0; i < 8 && best >= 1000; i++) {
      await page.reload()
      best = Math.min(best, await painted())
    }
    console.info(`first contentful paint: ${best.toFixed(0)} ms`)
    expect(best).toBeLessThan(1000)
    await close()
  })
})
