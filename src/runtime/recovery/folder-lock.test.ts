import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { MillraceError } from '../../model/errors/millrace-error.js'
import { systemRandom } from '../seams/system-random.js'
import { lockFolder } from './folder-lock.js'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-lock-'))
})
afterAll(() => rm(folder, { recursive: true }))

test('one at a time; released, the folder is free and clean', async () => {
  const dir = join(folder, 'a')
  const first = await lockFolder(dir, systemRandom)
  await expect(lockFolder(dir, systemRandom)).rejects.toMatchObject({ code: 'MR425' })
  await first.release()
  expect(await readdir(dir)).toEqual([])
  await (await lockFolder(dir, systemRandom)).release()
})

test('of many that start at once, two never hold the folder', async () => {
  const dir = join(folder, 'b')
  const results = await Promise.allSettled(Array.from({ length: 12 }, () => lockFolder(dir, systemRandom)))
  const held = results.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []))
  expect(held.length).toBeLessThanOrEqual(1)
  for (const lock of held) await lock.release()
  await (await lockFolder(dir, systemRandom)).release()
})

test.skipIf(process.platform === 'win32')('no socket is found that does not answer yet: it would be taken for left behind', async () => {
  const dir = join(folder, 'f')
  const probe = createServer().listen(join(folder, 'probe.sock'))
  await once(probe, 'listening')
  // Node makes the socket, and then calls this: in between another process may look.
  const pipe = Object.getPrototypeOf((probe as unknown as { readonly _handle: object })._handle) as { listen(backlog: number): number }
  const { listen } = pipe
  const found: string[][] = []
  const spy = vi.spyOn(pipe, 'listen').mockImplementation(function (this: typeof pipe, backlog) {
    found.push(readdirSync(dir))
    return listen.call(this, backlog)
  })
  try {
    const lock = await lockFolder(dir, systemRandom)
    expect(found).toEqual([[expect.not.stringMatching(/\.sock$/)]])
    expect(await readdir(dir)).toEqual([expect.stringMatching(/^lock-[0-9a-f]{16}\.sock$/)])
    await lock.release()
    expect(await readdir(dir)).toEqual([])
  } finally {
    spy.mockRestore()
    await new Promise(resolve => probe.close(resolve))
  }
})

test.skipIf(process.platform === 'win32')('what a killed process left behind is no obstacle', async () => {
  const dir = join(folder, 'c')
  await mkdir(dir)
  const socket = join(dir, 'lock-00112233445566aa.sock')
  const code = `require('net').createServer().listen(${JSON.stringify(socket)}, () => console.log('up'))`
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  await expect(lockFolder(dir, systemRandom)).rejects.toMatchObject({ code: 'MR425' })
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
  expect(await readdir(dir)).toEqual(['lock-00112233445566aa.sock'])
  const lock = await lockFolder(dir, systemRandom)
  expect(await readdir(dir)).toHaveLength(1)
  await lock.release()
})

test('a folder with a long path is locked, too, and leaves nothing elsewhere', async () => {
  const dir = join(folder, 'd'.repeat(90), 'e'.repeat(90))
  const temporary = await mkdtemp(join(folder, 't'))
  vi.stubEnv('TMPDIR', temporary)
  try {
    const lock = await lockFolder(dir, systemRandom)
    await expect(lockFolder(dir, systemRandom)).rejects.toMatchObject({ code: 'MR425' })
    expect(await readdir(temporary)).toHaveLength(1)
    await lock.release()
    expect(await readdir(temporary)).toEqual([])
    // Each that goes takes the folder away under those that come.
    const refused: unknown[] = []
    const comeAndGo = async (): Promise<void> => {
      try {
        await (await lockFolder(dir, systemRandom)).release()
      } catch (error) {
        refused.push((error as MillraceError).code)
      }
    }
    for (let turn = 0; turn < 40; turn++) await Promise.all(Array.from({ length: 8 }, comeAndGo))
    expect(new Set(refused)).toEqual(new Set(['MR425']))
    expect(await readdir(temporary)).toEqual([])
  } finally {
    vi.unstubAllEnvs()
  }
})

test('a folder that cannot be made is named', async () => {
  await writeFile(join(folder, 'file'), '')
  await expect(lockFolder(join(folder, 'file', 'x'), systemRandom)).rejects.toMatchObject({ code: 'MR426' })
})
