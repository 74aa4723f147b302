import { expect, test } from 'vitest'
import { openSnapshots } from '../../src/journal/open-snapshots.js'
import { SnapshotDisk } from '../../src/journal/snapshot-disk-fixture.js'
import { MillraceError } from '../../src/model/errors/millrace-error.js'
import { recordingLog } from '../support/recording-log.js'

const folder = 'd'
const body = (entry: number) => ({ sums: Float64Array.of(entry, -1), keys: ['a', `$${entry}`], nothing: null })
const ids = (entry: number) => Uint8Array.of(entry, 1, 2, 3)
const plan = { plan: 'p' }

/** A folder with a snapshot of entry 20 and two side files; with an older one where the first side file is its own. */
async function folderOf(older: boolean): Promise<ReadonlyMap<string, Uint8Array>> {
  const disk = new SnapshotDisk()
  const store = await openSnapshots({ disk, folder, job: 'j', log: recordingLog(), reached: () => undefined })
  await store.save({ entry: 10, header: plan, body: body(10), sides: [{ name: 'ids', bytes: ids(10), from: 0 }] })
  await store.save({ entry: 20, header: plan, body: body(20), sides: [{ name: 'ids', bytes: ids(20), from: 0 }] })
  if (!older) await disk.remove(`${folder}/10.snapshot`)
  return disk.files
}

/** What a load finds, as one word; everything else in it must be right. */
async function found(
  files: ReadonlyMap<string, Uint8Array>,
): Promise<{ readonly what: string; readonly levels: readonly string[]; readonly disk: SnapshotDisk }> {
  const disk = new SnapshotDisk()
  for (const [path, bytes] of files) disk.files.set(path, bytes)
  const log = recordingLog()
  try {
    const store = await openSnapshots({ disk, folder, job: 'j', log, reached: () => undefined })
    const loaded = await store.load()
    const levels = log.lines.map(line => `${line.level} ${line.fields['code']}`)
    if (!loaded) return { what: 'none', levels, disk }
    const entries = [10, 20].filter(entry => entry <= loaded.entry)
    expect(loaded).toEqual({
      entry: loaded.entry,
      header: plan,
      body: body(loaded.entry),
      sides: { ids: entries.map(entry => Buffer.from(ids(entry))) },
    })
    return { what: `entry ${loaded.entry}`, levels, disk }
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error
    return { what: error.code, levels: [], disk }
  }
}

const damages = [
  ...['10.ids.side', '20.ids.side', '20.snapshot'].flatMap(file => [
    { file, older: true },
    { file, older: false },
  ]),
]
/** What is loaded instead: the older snapshot, where it does not need the damaged file as well. */
const instead = (file: string, older: boolean): string => (older && file !== '10.ids.side' ? 'entry 10' : 'none')

test('undamaged, the newest is found and nothing is said', async () => {
  for (const older of [true, false]) expect(await found(await folderOf(older))).toMatchObject({ what: 'entry 20', levels: [] })
})

test.each(damages)('every byte of $file altered, an older one there: $older', async ({ file, older }) => {
  const files = await folderOf(older)
  const whole = files.get(`${folder}/${file}`)!
  for (let at = 0; at < whole.length; at++) {
    for (const flip of [0x01, 0x20, 0x80, 0xff]) {
      const bytes = whole.slice()
      bytes[at]! ^= flip
      const { what, levels, disk } = await found(new Map(files).set(`${folder}/${file}`, bytes))
      const place = `byte ${at} xor ${flip}`
      expect(what, place).toBe(instead(file, older))
      expect(levels.at(0), place).toBe(older ? 'warn MR420' : 'error MR420')
      expect(disk.files.get(`${folder}/${file}.corrupt`), place).toEqual(bytes)
      // The next start has nothing more to say.
      expect((await found(disk.files)).levels, place).toEqual([])
    }
  }
})

test.each(damages)('$file cut at every length, lengthened, or gone, an older one there: $older', async ({ file, older }) => {
  const files = await folderOf(older)
  const whole = files.get(`${folder}/${file}`)!
  const cuts = Array.from({ length: whole.length }, (_, length) => whole.slice(0, length))
  for (const bytes of [...cuts, new Uint8Array([...whole, 0]), new Uint8Array([...whole, ...whole])]) {
    const { what, levels } = await found(new Map(files).set(`${folder}/${file}`, bytes))
    expect(what, `length ${bytes.length}`).toBe(instead(file, older))
    expect(levels.length, `length ${bytes.length}`).toBeGreaterThan(0)
  }
  const without = new Map(files)
  without.delete(`${folder}/${file}`)
  const { what, levels } = await found(without)
  expect(what).toBe(file === '20.snapshot' && older ? 'entry 10' : instead(file, older))
  // A snapshot that was never there is not missed.
  expect(levels.length > 0).toBe(file !== '20.snapshot')
})

test('a whole side file of another snapshot in its place is noticed', async () => {
  const files = new Map(await folderOf(true))
  files.set(`${folder}/20.ids.side`, files.get(`${folder}/10.ids.side`)!)
  expect(await found(files)).toMatchObject({ what: 'entry 10', levels: ['warn MR420'] })
})

test('a whole snapshot under the name of another entry is noticed', async () => {
  const files = new Map(await folderOf(true))
  files.set(`${folder}/30.snapshot`, files.get(`${folder}/20.snapshot`)!)
  expect(await found(files)).toMatchObject({ what: 'entry 20', levels: ['warn MR420'] })
})
