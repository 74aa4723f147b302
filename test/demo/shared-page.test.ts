import { createServer } from 'node:http'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasChromium, launch, visit } from '../page/browser.js'
import { StartedDemo } from './started-demo.js'

describe.skipIf(!hasChromium || process.platform !== 'linux')('a shared page in a browser', () => {
  let browser: Browser
  let demo: StartedDemo
  let invitation: string

  beforeAll(async () => {
    demo = await StartedDemo.start(['--share', '127.0.0.2'])
    invitation = (await demo.command.said(/guests +(\S+)/))[1]!
    browser = await launch()
  })
  afterAll(async () => {
    await browser?.close()
    await demo?.remove()
  })

  test('opens by its address, loses the token there, lives, and offers nothing to do', async () => {
    const { page, faults, foreign, close } = await visit(browser, invitation)
    await page.locator('.plot canvas').first().waitFor()
    expect(page.url()).toBe(`${new URL(invitation).origin}/`)
    await demo.act('bad')
    await page.locator('.happening', { hasText: 'A message was sent' }).waitFor()
    expect(await page.getByRole('button', { name: /kill/i }).count()).toBe(0)
    expect(faults).toEqual([])
    expect(foreign).toEqual([])
    // A refresh comes with the cookie alone.
    await page.reload()
    await page.locator('.plot canvas').first().waitFor()
    await close()
  })

  test('opens by a link on a page of another site', async () => {
    const chat = createServer((_, response) => response.setHeader('content-type', 'text/html').end(`<a href="${invitation}">look</a>`))
    await new Promise<void>(resolve => chat.listen(0, '127.0.0.3', resolve))
    const address = chat.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const { page, close } = await visit(browser, `http://127.0.0.3:${port}/`)
    await page.getByText('look').click()
    await page.locator('.plot canvas').first().waitFor()
    expect(page.url()).toBe(`${new URL(invitation).origin}/`)
    await close()
    chat.close()
  })

  test('tells who has no token how to come in', async () => {
    const { page, close } = await visit(browser, new URL(invitation).origin)
    await page.getByRole('heading', { name: 'This page is shared with guests' }).waitFor()
    expect(await page.locator('body').innerText()).toContain('Scan the QR code')
    await close()
  })
})
