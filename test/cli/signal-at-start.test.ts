import { mkdtempSync, readdirSync, rmSync, watch } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { millrace, root } from './command.js'

const folder = mkdtempSync(join(tmpdir(), 'millrace-signal-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('SIGTERM amid a start that has just taken the data folder over ends it in order, and the state is whole', async () => {
  const data = join(folder, 'data')
  const job = join(root, 'jobs', 'max-temperature.job.ts')
  const start = () => millrace(['run', job, '--data', data, '--http', '127.0.0.1:0', '--amqp', '127.0.0.1:0'], { cwd: folder })
  const first = start()
  await first.said(/attached to temperature/)
  first.process.kill('SIGTERM')
  expect((await first.done).code).toBe(0)
  const snapshots = () => readdirSync(join(data, 'snapshots')).filter(name => name.endsWith('.snapshot'))
  const before = snapshots()
  expect(before).toHaveLength(1)

  // The earliest moment at which it matters: the epoch has just been raised.
  const epochs = join(data, 'epochs')
  const raised = new Promise<void>(resolve => {
    const watcher = watch(epochs, (_, name) => {
      if (name !== '0000000002') return
      watcher.close()
      resolve()
    })
  })
  const second = start()
  await raised
  second.process.kill('SIGTERM')
  const { code, stderr } = await second.done
  expect(code, stderr).toBe(0)
  expect(snapshots()).toEqual(expect.arrayContaining(before))
  expect((await millrace(['journal', 'verify', data], { cwd: folder }).done).code).toBe(0)
})
