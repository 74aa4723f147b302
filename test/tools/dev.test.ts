import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { finished, millrace } from '../cli/command.js'

const folder = mkdtempSync(join(tmpdir(), 'millrace-dev-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('goes on with each save: a good one reloads, a broken one and one that would lose state leave the job alone', async () => {
  expect((await finished(['init', 'plant', '--source', 'amqp'], { cwd: folder })).code).toBe(0)
  const cwd = join(folder, 'plant')
  const file = join(cwd, 'plant.job.ts')
  const text = readFileSync(file, 'utf8')
  const dev = millrace(['dev', 'plant.job.ts', '--http', '127.0.0.1:0', '--amqp', '127.0.0.1:0', '--no-types'], { cwd })
  const page = (await dev.said(/page +(http:\S+)/))[1]!
  await dev.said(/watching/)
  writeFileSync(file, text.replace('between(-40', 'between(-41'))
  const ms = Number((await dev.said(/reloaded in (\d+) ms/))[1])
  expect(ms).toBeLessThan(5_000)
  expect((await fetch(`${page}/api/v1/jobs`)).status).toBe(200)
  writeFileSync(file, text.replace('where(', 'where(('))
  await dev.said(/MR402[\s\S]*plant\.job\.ts:17[\s\S]*the former text runs on/)
  expect((await fetch(`${page}/api/v1/jobs`)).status).toBe(200)
  writeFileSync(file, text.replace("tumbling('1m')", "tumbling('5m')"))
  await dev.said(/MR421[\s\S]*`climate`: window was tumbling 1m, and is tumbling 5m[\s\S]*the former text runs on/)
  dev.process.kill('SIGTERM')
  expect((await dev.done).code).toBe(0)
})
