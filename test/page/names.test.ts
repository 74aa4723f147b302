import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createServer, type Server } from '../../src/http/create-server.js'
import { climateOutputs, fixtureHost, start } from '../../src/http/server-fixture.js'
import { systemTime } from '../../src/runtime/seams/system-time.js'
import { silentLog } from '../support/silent-log.js'
import { buildPage, hasChromium, launch, visit } from './browser.js'

/** What a canvas is told to write. */
const watch = `{
  window.written = new Set()
  const { fillText } = CanvasRenderingContext2D.prototype
  CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
    window.written.add(text)
    fillText.call(this, text, ...place)
  }
}`

describe.skipIf(!hasChromium)('devices that name themselves to deceive', () => {
  let browser: Browser
  let server: Server
  let folder: string
  const time = { ...systemTime, wall: () => start + 5 * 60_000 }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'millrace-names-'))
    await buildPage(folder)
    browser = await launch()
    const host = fixtureHost(time)
    const rooms = ['\u202E1 moor', '  ', '', 'room 1']
    host.openClimate('rooms').apply(climateOutputs(rooms.map(room => ({ room, mean: 29, minute: 1 }))))
    const bind = { host: '127.0.0.1', port: 0, portNamed: false }
    server = await createServer({ host, pageDir: folder, bind, version: '0.0.0', time, log: silentLog })
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
    await rm(folder, { recursive: true, force: true })
  })

  test('look like no other one, turn no figure around, and are seen though there is nothing to see', async () => {
    const { page, faults, close } = await visit(browser, server.url)
    await page.evaluate(watch)
    const names = page.locator('.device header b')
    await names.nth(3).waitFor()
    const cards = ['room "  "', 'room ""', 'room 1', '\uFFFD1 moor']
    expect((await names.allTextContents()).sort()).toEqual(cards)
    await page.getByRole('button', { name: 'Devices as a table' }).click()
    const cells = page.locator('.device-section tbody th')
    await cells.nth(3).waitFor()
    expect((await cells.allTextContents()).sort()).toEqual(cards)
    // Drawn anew in another range.
    await page.locator('.chart .ranges button').first().click()
    await expect.poll(() => page.evaluate<string[]>('[...window.written]')).toEqual(expect.arrayContaining(cards.map(name => `${name} `)))
    expect(await page.evaluate<string>('document.body.textContent')).not.toMatch(/[\u202A-\u202E\u2066-\u2069]/)
    expect(faults).toEqual([])
    await close()
  })
})
