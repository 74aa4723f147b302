import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

/** The system's Chromium; `MILLRACE_CHROMIUM` names another one. */
export const chromiumPath = process.env['MILLRACE_CHROMIUM'] ?? '/usr/bin/chromium'
export const hasChromium = existsSync(chromiumPath)

const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export const launch = (): Promise<Browser> => chromium.launch({ executablePath: chromiumPath, args: quiet })

/** Builds the page as `npm run build` does, into a folder. */
export const buildPage = async (out: string): Promise<void> => {
  const script = fileURLToPath(new URL('../../scripts/build-page.js', import.meta.url))
  await promisify(execFile)(process.execPath, [script, out])
}

/** A page in a fresh context, and what went wrong in it. */
export interface Visit {
  readonly page: Page
  /** Script errors, console errors and violations of the policy. */
  readonly faults: string[]
  /** Requests to any other origin than the page's own. */
  readonly foreign: string[]
  close(): Promise<void>
}

export const visit = async (browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Visit> => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  const page = await context.newPage()
  const faults: string[] = []
  const foreign: string[] = []
  const origin = new URL(url).origin
  page.on('pageerror', error => faults.push(String(error)))
  page.on('console', message => {
    if (message.type() === 'error') faults.push(message.text())
  })
  page.on('request', request => {
    if (new URL(request.url()).origin !== origin) foreign.push(request.url())
  })
  await page.goto(url)
  return { page, faults, foreign, close: () => context.close() }
}

export const phone: BrowserContextOptions = { viewport: { width: 390, height: 844 }, hasTouch: true }
