import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { get, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { until } from '../support/until.js'

/** Each of more than 2 kB, so that an answer is some 120 MB. */
const rowCount = 60_000
const mib = 2 ** 20
/** What the server may hold beside the view: its answers are larger several times over. */
const most = 48 * mib

let folder: string
let server: ChildProcess
let url = ''
/** Bytes that the server holds, as it told last, and the most since it was set back. */
let held = 0
let peak = 0

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-rows-'))
  const outfile = join(folder, 'rows-process.mjs')
  await build({
    entryPoints: [join(import.meta.dirname, 'rows-process.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    banner: { js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);" },
  })
  server = spawn(process.execPath, ['--expose-gc', outfile, `${rowCount}`], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  server.on('message', message => {
    if (typeof message === 'string') url = message
    else {
      held = message as number
      peak = Math.max(peak, held)
    }
  })
  await until('it tells what it uses', () => url !== '' && held > 0)
}, 60_000)
afterAll(async () => {
  if (server.exitCode === null) {
    server.kill()
    await once(server, 'exit')
  }
  await rm(folder, { recursive: true, force: true })
})

const asked = (format: string, query = ''): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => get(`${url}/api/v1/views/climate/rows.${format}${query}`, { agent: false }, resolve).on('error', reject))

/** Takes an answer whole, with a rest after every 2 MB: slower than it is made. */
async function takeSlowly(answer: IncomingMessage): Promise<number> {
  let bytes = 0
  let rest = 2 * mib
  for await (const part of answer) {
    bytes += (part as Buffer).length
    if (bytes < rest) continue
    rest = bytes + 2 * mib
    await new Promise(resolve => setTimeout(resolve, 15))
  }
  return bytes
}

it.each(['csv', 'ndjson', 'arrow'])(
  'while it streams an answer of %s to a slow reader, and to one that stands still, the memory of the server stays flat',
  async format => {
    // What it needs once, for as long as it lives, such as compiled code.
    await takeSlowly(await asked(format, '?limit=20000'))
    const before = held
    peak = held
    const still = await asked(format)
    const bytes = await takeSlowly(await asked(format))
    still.destroy()
    expect(bytes).toBeGreaterThan(rowCount * 2_000)
    expect(peak - before).toBeLessThan(most)
  },
  60_000,
)
