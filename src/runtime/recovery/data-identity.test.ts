import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { systemDisk } from '../seams/system-disk.js'
import { dataIdentity, putAside, readDataIdentity } from './data-identity.js'

const folders: string[] = []
let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-identity-'))
  folders.push(folder)
})
afterAll(() => Promise.all(folders.map(path => rm(path, { recursive: true }))))

let count = 0
const random = { next: () => 0.5, hex: (chars: number) => `${++count}`.padStart(chars, '0') }

test('a journal keeps its name; a new one gets another', async () => {
  expect(await readDataIdentity(systemDisk, folder)).toBeUndefined()
  const name = await dataIdentity(systemDisk, folder, random)
  expect(await dataIdentity(systemDisk, folder, random)).toBe(name)
  expect(await readDataIdentity(systemDisk, folder)).toBe(name)
  await putAside(systemDisk, folder, 4)
  expect(await dataIdentity(systemDisk, folder, random)).not.toBe(name)
})

test('what a crash left of a name that was being written does not hinder the next start', async () => {
  await writeFile(join(folder, 'identity.json.new'), '{"form')
  const name = await dataIdentity(systemDisk, folder, random)
  expect(JSON.parse(await readFile(join(folder, 'identity.json'), 'utf8'))).toMatchObject({ format: 2, id: name })
})

test('a name that an earlier release wrote, without a checksum, stays', async () => {
  await writeFile(join(folder, 'identity.json'), '{"format":1,"id":"1f5ef4a7"}\n')
  expect(await dataIdentity(systemDisk, folder, random)).toBe('1f5ef4a7')
})

test('with any byte altered, or cut anywhere, it is never another name', async () => {
  await dataIdentity(systemDisk, folder, random)
  const path = join(folder, 'identity.json')
  const whole = await readFile(path)
  const refused = async (bytes: Uint8Array, place: string): Promise<void> => {
    await writeFile(path, bytes)
    await expect(dataIdentity(systemDisk, folder, random), place).rejects.toMatchObject({
      code: 'MR426',
      hint: expect.stringContaining('--reset'),
    })
  }
  for (let at = 0; at < whole.length; at++) {
    for (const flip of [0x01, 0x03, 0x20, 0xff])
      await refused(Buffer.from(whole.map((byte, i) => (i === at ? byte ^ flip : byte))), `byte ${at} xor ${flip}`)
    await refused(whole.subarray(0, at), `cut at ${at}`)
  }
})

test.each(['', '{', '{"format":1}', '{"format":1,"id":7}', 'null'])('a damaged name is an error, not a new journal: %j', async text => {
  await writeFile(join(folder, 'identity.json'), text)
  await expect(dataIdentity(systemDisk, folder, random)).rejects.toMatchObject({
    code: 'MR426',
    message: expect.stringContaining('identity.json'),
  })
})

test('all that the state consists of is put aside; dead letters, epoch and locks stay', async () => {
  for (const name of ['journal', 'snapshots', 'bundles']) {
    await mkdir(join(folder, name))
    await writeFile(join(folder, name, 'file'), name)
  }
  for (const name of ['identity.json', 'epoch', 'dead-letters.ndjson', 'lock-1.sock']) await writeFile(join(folder, name), name)
  expect(await putAside(systemDisk, folder, 12)).toBe(join(folder, 'aside-12'))
  expect((await readdir(folder)).sort()).toEqual(['aside-12', 'dead-letters.ndjson', 'epoch', 'lock-1.sock'])
  expect((await readdir(join(folder, 'aside-12'))).sort()).toEqual(['bundles', 'identity.json', 'journal', 'snapshots'])
  expect(await readFile(join(folder, 'aside-12', 'journal', 'file'), 'utf8')).toBe('journal')
})
