import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { buildPage, launch } from './browser.js'
import { FeedServer } from './feed-server.js'

/** The page as it is built, a server that feeds it, and a browser. */
export interface FeedPage {
  readonly browser: Browser
  readonly server: FeedServer
  readonly url: string
  /** Where the page was built. */
  readonly folder: string
  close(): Promise<void>
}

export async function openFeedPage(): Promise<FeedPage> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-page-'))
  await buildPage(folder)
  const server = new FeedServer(folder)
  const url = await server.listen()
  const browser = await launch()
  return {
    browser,
    server,
    url,
    folder,
    async close() {
      await browser.close()
      await server.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
