import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Command, millrace, root } from '../cli/command.js'
import { hasChromium, launch, phone, visit } from './browser.js'

/** The minute of a row, open or closed by now, without its day: by the next look an open one has closed, and the day may be over. */
const minuteOf = (cell: string): string => cell.replace(' open', '').slice(-'23:59–00:00'.length)

/** Where the pictures lie after a run, for people to look at. */
const pictures = join(root, 'test-results')

describe.skipIf(!hasChromium)('the page of the real demo', () => {
  let browser: Browser
  let demo: Command
  let url: string

  beforeAll(async () => {
    await mkdir(pictures, { recursive: true })
    // Four minutes of data a second: the steam of minute 12 comes within a few.
    demo = millrace(['demo', '--http', '127.0.0.1:0', '--amqp', '127.0.0.1:0', '--speed', '240'])
    url = (await demo.said(/page +(http:\S+)/))[1]!
    await demo.said(/steam at mote 1/)
    browser = await launch()
  })
  afterAll(async () => {
    await browser?.close()
    demo?.process.kill('SIGTERM')
    await demo?.done
  })

  test.each([
    ['desktop', 'light', {}],
    ['desktop', 'dark', {}],
    ['phone', 'light', phone],
    ['phone', 'dark', phone],
  ] as const)('%s, %s: draws, asks nobody else, breaks no policy, has no accessibility violation', async (device, colorScheme, options) => {
    const { page, faults, foreign, close } = await visit(browser, url, { ...options, colorScheme })
    await page.locator('#sentence', { hasText: 'Running' }).waitFor()
    await page.locator('.plot canvas').first().waitFor()
    await page.locator('text=hot steam').first().waitFor()
    const { violations } = await new AxeBuilder({ page }).analyze()
    await page.screenshot({ path: join(pictures, `demo-${device}-${colorScheme}.png`), fullPage: true })
    expect(violations.map(({ id }) => id)).toEqual([])
    expect(faults).toEqual([])
    expect(foreign).toEqual([])
    await close()
  })

  test('a refresh keeps the history', async () => {
    const { page, close } = await visit(browser, url)
    const minutes = async (): Promise<readonly string[]> => {
      await page.locator('.plot canvas').first().waitFor()
      await page.locator('.chart').first().getByRole('button', { name: 'Table' }).click()
      const cells = page.locator('.chart').first().locator('.table-view tbody tr > :first-child')
      await cells.first().waitFor()
      return await cells.allTextContents()
    }
    const before = (await minutes()).map(minuteOf)
    expect(before.length).toBeGreaterThan(10)
    await page.reload()
    const after = (await minutes()).map(minuteOf)
    // A page without history would begin at the reload. The oldest minutes leave the picture meanwhile, as many as the
    // machine took time.
    expect(after.length).toBeGreaterThan(10)
    const kept = before.slice(0, before.indexOf(after.at(-1)!) + 1)
    expect(after).toEqual(expect.arrayContaining(kept))
    await close()
  })
})
