import { dirname } from 'node:path/posix'
import type { Disk, DiskFile } from '../../src/model/disk.js'
import type { Scheduler } from './scheduler.js'
import type { SeededRandom } from './seeded-random.js'
import { SimFile } from './sim-file.js'
import type { SimProcess } from './sim-process.js'

type Node = SimFile | 'folder'
/** What happened to a folder since its last sync; a rename is one step, as file systems promise. */
type FolderChange = { readonly link?: readonly [string, Node]; readonly unlink?: string }

interface InFlight {
  readonly process: SimProcess
  readonly execute: () => void
}

/** What is wrong with the disk at present. */
export interface DiskFaults {
  full: boolean
  writeErrors: boolean
  /** Probability that a write takes only a part of its bytes. */
  shortWrites: number
  /** So many of the next syncs fail. */
  syncErrors: number
  /** Factor on every delay. */
  slow: number
}

/** A disk of one machine, over all its processes, crashes and losses of power. */
export class SimDisk {
  readonly faults: DiskFaults = { full: false, writeErrors: false, shortWrites: 0, syncErrors: 0, slow: 1 }
  readonly #scheduler: Scheduler
  readonly #random: SeededRandom
  #cached = new Map<string, Node>([['/', 'folder']])
  #durable = new Map<string, Node>([['/', 'folder']])
  #changes = new Map<string, FolderChange[]>()
  readonly #inFlight = new Set<InFlight>()
  /** Paths of the files that each process has open. */
  readonly open = new Map<SimProcess, string[]>()
  /** Told of every operation that changes something, for the trace and the checks. */
  onChange: (process: SimProcess, what: string, path: string, file: SimFile | undefined) => void = () => undefined
  /** Told when a process learns what is in a folder. */
  onListed: (process: SimProcess, folder: string, names: readonly string[]) => void = () => undefined

  constructor(scheduler: Scheduler, random: SeededRandom) {
    this.#scheduler = scheduler
    this.#random = random
  }

  /** A folder that was there before the machine started. */
  prepare(folder: string): void {
    for (let path = folder; path !== '/'; path = dirname(path)) {
      this.#cached.set(path, 'folder')
      this.#durable.set(path, 'folder')
    }
  }

  /** Files below a folder that would be there after a loss of power, whatever else is lost. */
  *durableFiles(folder: string): Iterable<readonly [string, SimFile]> {
    for (const [path, node] of this.#durable) {
      if (node !== 'folder' && path.startsWith(`${folder}/`) && this.#reachable(path, this.#durable)) yield [path, node]
    }
  }

  /** Files below a folder as processes see them. */
  *files(folder: string): Iterable<readonly [string, SimFile]> {
    for (const [path, node] of this.#cached) if (node !== 'folder' && path.startsWith(`${folder}/`)) yield [path, node]
  }

  #reachable(path: string, entries: ReadonlyMap<string, Node>): boolean {
    for (let folder = dirname(path); folder !== '/'; folder = dirname(folder)) if (entries.get(folder) !== 'folder') return false
    return true
  }

  /** A process was killed: of its operations under way some still happen. */
  processDied(process: SimProcess): void {
    for (const operation of this.#inFlight) {
      if (operation.process !== process) continue
      this.#inFlight.delete(operation)
      if (this.#random.chance(0.5)) operation.execute()
    }
    this.open.delete(process)
  }

  /** All processes must be dead. */
  losePower(): void {
    this.#inFlight.clear()
    for (const changes of this.#changes.values()) {
      const most = this.#random.chance(0.5) ? this.#random.int(0, changes.length) : changes.length
      const any = this.#random.chance(0.5)
      for (let i = 0; i < most; i++) if (!any || this.#random.chance(0.5)) apply(changes[i]!, this.#durable)
    }
    this.#changes = new Map()
    for (const path of [...this.#durable.keys()]) if (!this.#reachable(path, this.#durable)) this.#durable.delete(path)
    this.#cached = new Map(this.#durable)
    for (const node of new Set(this.#cached.values())) if (node !== 'folder') node.loseUnsynced(this.#random)
  }

  /** The disk as one process sees it. */
  for(process: SimProcess): Disk {
    const issue = <T>(least: number, most: number, execute: () => T) => this.#issue(process, least, most, execute)
    const changed = (what: string, path: string, file?: SimFile) => this.onChange(process, what, path, file)
    return {
      makeFolder: path => issue(0.02, 0.2, () => this.#makeFolder(path)),
      list: async folder => {
        const names = await issue(0.01, 0.1, () => this.#list(folder))
        this.onListed(process, folder, names)
        return names
      },
      exists: async path => {
        const node = await issue(0.01, 0.1, () => this.#cached.get(path))
        // It tells more than what the process has done itself.
        if (node instanceof SimFile && node.owner !== process.number) this.onListed(process, dirname(path), [path])
        return node !== undefined
      },
      create: path =>
        issue(0.02, 0.3, () => {
          if (this.#cached.has(path)) throw failure('EEXIST', path)
          if (this.faults.full && this.#random.chance(0.5)) throw failure('ENOSPC', path)
          if (this.#cached.get(dirname(path)) !== 'folder') throw failure('ENOENT', path)
          const file = new SimFile(process.number)
          this.#change(dirname(path), { link: [path, file] })
          changed('create', path, file)
          return this.#handle(process, path, file)
        }),
      open: path =>
        issue(0.01, 0.1, () => {
          const file = this.#cached.get(path)
          if (file === undefined) throw failure('ENOENT', path)
          if (file === 'folder') throw failure('EISDIR', path)
          return this.#handle(process, path, file)
        }),
      rename: (from, to) =>
        issue(0.02, 0.3, () => {
          const node = this.#cached.get(from)
          if (node === undefined) throw failure('ENOENT', from)
          this.#change(dirname(to), { link: [to, node], unlink: from })
          changed('rename', `${from} → ${to}`, node === 'folder' ? undefined : node)
        }),
      remove: path =>
        issue(0.02, 0.3, () => {
          const node = this.#cached.get(path)
          if (node === undefined || node === 'folder') return
          changed('remove', path, node)
          this.#change(dirname(path), { unlink: path })
        }),
      syncFolder: path =>
        issue(0.2, 2, () => {
          if (this.#cached.get(path) !== 'folder') throw failure('ENOENT', path)
          for (const change of this.#changes.get(path) ?? []) apply(change, this.#durable)
          this.#changes.delete(path)
          changed('sync folder', path)
        }),
    }
  }

  #list(folder: string): readonly string[] {
    const names: string[] = []
    for (const path of this.#cached.keys()) if (path !== '/' && dirname(path) === folder) names.push(path.slice(folder.length + 1))
    return names.sort()
  }

  #makeFolder(path: string): void {
    if (this.#cached.get(path) === 'folder') return
    if (this.faults.full && this.#random.chance(0.5)) throw failure('ENOSPC', path)
    this.#makeFolder(dirname(path))
    apply({ link: [path, 'folder'] }, this.#cached)
    apply({ link: [path, 'folder'] }, this.#durable)
  }

  #change(folder: string, change: FolderChange): void {
    apply(change, this.#cached)
    let changes = this.#changes.get(folder)
    if (!changes) {
      changes = []
      this.#changes.set(folder, changes)
    }
    changes.push(change)
  }

  #handle(process: SimProcess, path: string, file: SimFile): DiskFile {
    const issue = <T>(least: number, most: number, execute: () => T) => this.#issue(process, least, most, execute)
    const changed = (what: string) => this.onChange(process, what, path, file)
    const handles = this.open.get(process) ?? []
    this.open.set(process, handles)
    handles.push(path)
    let open = true
    const used = <T>(execute: () => T) => {
      if (!open) throw failure('EBADF', path)
      return execute()
    }
    return {
      write: (bytes, position) => {
        // The buffer may be used again only when the promise resolves; the kernel reads it somewhen in between.
        return issue(0.02, 0.2, () =>
          used(() => {
            if (this.faults.writeErrors) throw failure('EIO', path)
            const short = this.faults.full || this.#random.chance(this.faults.shortWrites)
            const count = short ? this.#random.int(0, bytes.length) : bytes.length
            if (this.faults.full && count < bytes.length / 2) throw failure('ENOSPC', path)
            const taken = bytes.subarray(0, Math.max(count, Math.min(1, bytes.length)))
            file.write(taken, position)
            changed(`write ${position}+${taken.length}`)
            return taken.length
          }),
        )
      },
      read: (into, position) =>
        issue(0.01, 0.1, () =>
          used(() => {
            const part = file.bytes.subarray(position, position + into.length)
            into.set(part)
            return part.length
          }),
        ),
      sync: () => this.#sync(process, path, file),
      size: () => issue(0.01, 0.05, () => used(() => file.bytes.length)),
      truncate: length =>
        issue(0.02, 0.2, () =>
          used(() => {
            file.truncate(length)
            changed(`truncate ${length}`)
          }),
        ),
      close: () =>
        issue(0.01, 0.05, () => {
          if (open) handles.splice(handles.indexOf(path), 1)
          open = false
        }),
    }
  }

  /** Writes that came before its start are on the disk at its end; in between nobody knows. */
  #sync(process: SimProcess, path: string, file: SimFile): Promise<void> {
    if (process.dead) return new Promise(() => undefined)
    const count = file.unsynced
    return this.#issue(process, 0.2, 3, () => {
      if (this.faults.syncErrors > 0) {
        this.faults.syncErrors--
        file.syncFailed(this.#random)
        throw failure('EIO', path)
      }
      file.synced(Math.min(count, file.unsynced))
      this.onChange(process, 'sync', path, file)
    })
  }

  /** An operation happens somewhat later than it was asked for, and its caller hears of it later still. */
  #issue<T>(process: SimProcess, least: number, most: number, execute: () => T): Promise<T> {
    if (process.dead) return new Promise(() => undefined)
    return new Promise<T>((resolve, reject) => {
      let answer: () => void = () => undefined
      const operation: InFlight = {
        process,
        execute: () => {
          try {
            const result = execute()
            answer = () => resolve(result)
          } catch (error) {
            answer = () => reject(error)
          }
        },
      }
      this.#inFlight.add(operation)
      const delay = this.#random.between(least, most) * this.faults.slow
      this.#scheduler.after(delay * this.#random.next(), () => {
        if (!this.#inFlight.delete(operation)) return
        operation.execute()
        this.#scheduler.after(delay, () => process.enter(answer))
      })
    })
  }
}

function apply({ link, unlink }: FolderChange, entries: Map<string, Node>): void {
  if (unlink !== undefined) entries.delete(unlink)
  if (link) entries.set(...link)
}

function failure(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code })
}
