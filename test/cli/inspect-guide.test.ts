import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../support/until.js'
import { finished, root } from './command.js'
import { reading, writeJob } from './lived-job.js'
import { type Running, running } from './running.js'
import { jsonMessage, sendAll } from './sender.js'

let folder: string
let data: string
let process: Running
let flow: NodeJS.Timeout
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-guide-'))
  data = join(folder, 'data')
  process = await running([writeJob(folder), '--data', data])
  await sendAll(process.amqp, 'telemetry', [jsonMessage({ room: 'hall', celsius: 'hot', at: '2024-01-01T00:00:00Z' }, 'x')])
  await until('a letter', async () => (await process.deadLetters()).length > 0)
  let sent = 0
  flow = setInterval(() => void sendAll(process.amqp, 'telemetry', [reading(`${sent}`, sent++ / 10)]).catch(() => undefined), 300)
})
afterAll(async () => {
  clearInterval(flow)
  await process?.stop()
  await rm(folder, { recursive: true, force: true })
})

test('every command of the guide does what it says', async () => {
  const guide = await readFile(join(root, 'docs/guides/inspect.md'), 'utf8')
  const commands = [...guide.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, block]) => block!.trim().split('\n'))
  expect(commands.length).toBeGreaterThan(8)
  for (const command of commands) {
    const [letter] = (await process.deadLetters()).filter(({ retryable }) => retryable)
    const words = command.replace('ID', letter!.id).replace('DIR', data).split(' ').slice(1)
    const { code, stdout, stderr } = await finished([...words, ...(words.includes('--data') ? [] : ['--url', process.http])])
    expect(command).toMatch(/^millrace /)
    // The message is no better the second time: its retry ends with a new letter, and says so.
    const isRetry = words.includes('retry')
    expect({ command, code, stderr: isRetry ? '' : stderr.replace(/^\d+ dead letter.*\n/, '') }).toEqual({
      command,
      code: isRetry ? 1 : 0,
      stderr: '',
    })
    expect(stdout).toMatch(isRetry ? /refused again as [\s\S]*0 of 1 counted/ : /\S/)
  }
  // A dozen processes, one after the other.
}, 180_000)
