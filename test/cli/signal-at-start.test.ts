import { mkdtempSync, readdirSync, rmSync, watch } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { millrace, root } from './command.js'

const folder = mkdtempSync(join(tmpdir(), 'millrace-signal-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('SIGTERM amid a start that has taken over the saved state saves it again', async () => {
  const data = join(folder, 'data')
  const job = join(root, 'jobs', 'max-temperature.job.ts')
  const start = () => millrace(['run', job, '--data', data, '--http', '127.0.0.1:0', '--amqp', '127.0.0.1:0'], { cwd: folder })
  const first = start()
  await first.said(/attached to temperature/)
  first.process.kill('SIGTERM')
  expect((await first.done).code).toBe(0)
  expect(readdirSync(data)).toContain('snapshot')

  // The earliest moment at which it matters: the saved state has just been put out of use.
  const retired = new Promise<void>(resolve => {
    const watcher = watch(data, (_, name) => {
      if (name !== 'snapshot.restored') return
      watcher.close()
      resolve()
    })
  })
  const second = start()
  await retired
  second.process.kill('SIGTERM')
  const { code, stderr } = await second.done
  expect(code, stderr).toBe(0)
  expect(readdirSync(data)).toContain('snapshot')
}, 30_000)
