import type { Reached } from '../model/crash-point.js'
import type { Disk } from '../model/disk.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { Fence } from './fence.js'
import { parseSegmentName } from './segment-name.js'

const epochName = /^\d{10}$/

/**
 * Takes a data folder over: the epoch is the highest name in its `epochs`, and raising it creates a higher one. Creating a
 * file is the one step that two processes can never both do, so no two get the same epoch, and none can be lowered again.
 *
 * @param folder The data folder; its `journal` is looked at too, so that even without `epochs` no older segment is above.
 * @param after The epoch that this process had before, where it opens its own folder anew: only the next one is taken then.
 * @throws MR441 where the folder cannot be read or written; MR440 where another process has taken it over since `after`.
 *
 * @example
 * const fence = await raiseEpoch(disk, 'data/rooms', () => {})
 * await fence.confirm() // throws MR440 once another process has raised it again
 */
export async function raiseEpoch(disk: Disk, folder: string, reached: Reached, after?: number): Promise<Fence> {
  const epochs = `${folder}/epochs`
  let claimed: string | undefined
  try {
    await disk.makeFolder(epochs)
    let epoch = await presentEpoch(disk, folder)
    do {
      if (after !== undefined && epoch > after) throw replaced(epochs, epoch, after)
      epoch++
    } while (!(await claim(disk, `${epochs}/${nameOf(epoch)}`)))
    claimed = `${epochs}/${nameOf(epoch)}`
    reached('epoch-written')
    await disk.syncFolder(epochs)
    await disk.syncFolder(folder)
    reached('epoch-raised')
    const fence = fenceOf(disk, epochs, epoch)
    await fence.confirm()
    // Before anything is read: whoever had one of them finds it gone. The lowest first, so that after an error, which takes our
    // own away again, none is left below one that was there.
    for (const name of await disk.list(epochs)) if (epochName.test(name) && Number(name) < epoch) await disk.remove(`${epochs}/${name}`)
    return fence
  } catch (error) {
    // Nobody has it: when this process tries again it must not take it for that of another.
    if (claimed !== undefined) await disk.remove(claimed).catch(() => undefined)
    throw error instanceof MillraceError ? error : unreadable(epochs, error)
  }
}

/** The epoch that a data folder has, of whichever process; 0 where it has none. Changes nothing. */
export async function presentEpoch(disk: Disk, folder: string): Promise<number> {
  return Math.max(highest(await disk.list(`${folder}/epochs`)), highestSegment(await disk.list(`${folder}/journal`)))
}

/** Whether the name was free and is ours now. */
async function claim(disk: Disk, path: string): Promise<boolean> {
  try {
    const file = await disk.create(path)
    try {
      await file.sync()
    } catch (error) {
      await disk.remove(path).catch(() => undefined)
      throw error
    } finally {
      await file.close()
    }
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/**
 * Two looks, in this order, tell that nobody has taken the folder over: the next epoch is not claimed, and then our own is
 * still there. Whoever takes it over claims the next one first, or, where another's claim of that was in between and withdrawn,
 * one above; in either case our own goes before anything of the folder is read. All else is a matter of the whole list.
 */
const fenceOf = (disk: Disk, epochs: string, epoch: number): Fence => {
  const [own, next] = [`${epochs}/${nameOf(epoch)}`, `${epochs}/${nameOf(epoch + 1)}`]
  return {
    epoch,
    async confirm() {
      let found: number
      try {
        if (!(await disk.exists(next)) && (await disk.exists(own))) return
        found = highest(await disk.list(epochs))
      } catch (error) {
        throw unreadable(epochs, error)
      }
      if (found > epoch) throw replaced(epochs, found, epoch)
      if (found < epoch) throw unreadable(epochs, new Error(`epoch ${epoch} is not there any more`))
    },
  }
}

const nameOf = (epoch: number): string => String(epoch).padStart(10, '0')

/** 0 where there is none. */
const highest = (names: readonly string[]): number =>
  names.reduce((most, name) => (epochName.test(name) ? Math.max(most, Number(name)) : most), 0)

const highestSegment = (names: readonly string[]): number =>
  names.reduce((most, name) => Math.max(most, parseSegmentName(name)?.epoch ?? 0), 0)

const replaced = (epochs: string, found: number, own: number): MillraceError =>
  new MillraceError('MR440', `the data folder has epoch ${found}, this process has ${own}`, { notes: [epochs] })

const unreadable = (epochs: string, cause: unknown): MillraceError =>
  new MillraceError(
    'MR441',
    `the epoch in ${epochs} cannot be read or written: ${cause instanceof Error ? cause.message : String(cause)}`,
    {
      cause,
    },
  )
