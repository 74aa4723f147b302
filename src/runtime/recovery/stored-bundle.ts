import { createHash } from 'node:crypto'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Job } from '../../job/graph.js'
import type { Disk } from '../../model/disk.js'
import { MillraceError } from '../../model/errors/millrace-error.js'
import { type ImportModule, importBundle } from '../load/import-bundle.js'
import type { ResolveMillrace } from '../load/outside.js'
import { ownModules } from '../load/own-modules.js'
import { installedBundle, portableBundle, specifiersOf } from '../load/portable-bundle.js'

const mapComment = /\n?\/\/# sourceMappingURL=[^\n]*\s*$/
/** First line of a stored bundle: the digest of all that follows it. */
const heading = '// millrace bundle 1 '
/** A map that maps nothing, for code that lost its own. */
const emptyMap = `//# sourceMappingURL=data:application/json;base64,${Buffer.from('{"version":3,"sources":[],"mappings":""}').toString('base64')}\n`

const digest = (text: string): string => createHash('sha256').update(text).digest('hex')

/**
 * A fingerprint of a job's code: 32 hexadecimal digits of SHA-256. Where the job file, its packages and Millrace are
 * installed does not matter to it; comments and the order of statements do.
 *
 * @example
 * bundleHash(loaded.code) // 'b0c1…'
 */
export const bundleHash = (code: string, resolve: ResolveMillrace = ownModules): string => hashOf(portableBundle(code, resolve))

function hashOf(portable: string): string {
  const code = portable.replace(mapComment, '')
  return digest(
    specifiersOf(code).reduceRight((text, { value, start, end }) => text.slice(0, start) + atHome(value) + text.slice(end), code),
  ).slice(0, 32)
}

/** A package by its path below `node_modules`, wherever that is. */
const atHome = (specifier: string): string => JSON.stringify(specifier.replace(/^file:.*\/node_modules\//, ''))

/**
 * The bundles of one job's folder by hash, so that the text of a job that took input in can take it in again after the
 * job file was edited. What they import from Millrace is stored by name and led to the running installation on load.
 */
export class StoredBundles {
  readonly #disk: Disk
  readonly #folder: string
  readonly #resolve: ResolveMillrace

  /** `folder` is `bundles` in the job's data folder. */
  constructor(disk: Disk, folder: string, resolve: ResolveMillrace = ownModules) {
    this.#disk = disk
    this.#folder = folder
    this.#resolve = resolve
  }

  /** Keeps `LoadedJob.code` and gives its hash; durable when it resolves. One that is there already, and whole, is left as it is. */
  async save(code: string): Promise<string> {
    const portable = portableBundle(code, this.#resolve)
    const hash = hashOf(portable)
    if ((await this.#read(hash)).text !== undefined) return hash
    const path = this.#path(hash)
    const part = `${path}.part`
    await this.#disk.makeFolder(this.#folder)
    await this.#disk.remove(part)
    const file = await this.#disk.create(part)
    try {
      const bytes = Buffer.from(`${heading}${digest(portable)}\n${portable}`)
      for (let at = 0; at < bytes.length; ) {
        const written = await file.write(bytes.subarray(at), at)
        if (written === 0) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
        at += written
      }
      await file.sync()
    } finally {
      await file.close()
    }
    await this.#disk.rename(part, path)
    await this.#disk.syncFolder(this.#folder)
    return hash
  }

  /**
   * The code as `save` was given it, for the installation at hand; `loadStoredJob` makes a job of it.
   *
   * @throws MR461 where it is missing or altered.
   */
  async load(hash: string): Promise<string> {
    const { text, reason } = await this.#read(hash)
    if (text === undefined) throw new MillraceError('MR461', `the stored bundle ${this.#path(hash)} ${reason}`)
    return installedBundle(text, this.#resolve)
  }

  /** Hashes of the bundles that are there. */
  async list(): Promise<readonly string[]> {
    return (await this.#disk.list(this.#folder)).filter(name => name.endsWith('.mjs')).map(name => name.slice(0, -4))
  }

  /** Removes all others. */
  async retain(hashes: Iterable<string>): Promise<void> {
    const kept = new Set([...hashes].map(hash => `${hash}.mjs`))
    const gone = (await this.#disk.list(this.#folder)).filter(name => !kept.has(name))
    for (const name of gone) await this.#disk.remove(join(this.#folder, name))
    if (gone.length > 0) await this.#disk.syncFolder(this.#folder)
  }

  #path(hash: string): string {
    return join(this.#folder, `${hash}.mjs`)
  }

  async #read(hash: string): Promise<{ readonly text?: string; readonly reason?: string }> {
    let whole: string
    try {
      whole = await readWhole(this.#disk, this.#path(hash))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { reason: 'is missing' }
      throw error
    }
    const end = whole.indexOf('\n')
    const text = whole.slice(end + 1)
    if (whole.slice(0, end) !== heading + digest(text) || hashOf(text) !== hash) return { reason: 'is damaged: its checksum differs' }
    return { text }
  }
}

async function readWhole(disk: Disk, path: string): Promise<string> {
  const file = await disk.open(path, 'read')
  try {
    const bytes = Buffer.alloc(await file.size())
    let at = 0
    for (let got = -1; got !== 0 && at < bytes.length; at += got) got = await file.read(bytes.subarray(at), at)
    return bytes.toString('utf8', 0, at)
  } finally {
    await file.close()
  }
}

/**
 * The job of a stored bundle, as `loadJob` gives that of a file.
 *
 * @param code what `StoredBundles.load` gave
 * @param id of the job that it has to be
 * @throws MR461 where a module that it imports is gone, it does not load, or it is another job.
 */
export async function loadStoredJob(code: string, id: string, load?: ImportModule): Promise<Job> {
  const unusable = (reason: string, cause?: unknown): MillraceError =>
    new MillraceError('MR461', `the stored bundle of '${id}' cannot be used: ${reason}`, cause === undefined ? {} : { cause })
  const packages = specifiersOf(code).filter(({ value }) => /^file:.*\/node_modules\//.test(value))
  for (const { value } of packages) {
    const path = fileURLToPath(value)
    const found = await access(path).then(
      () => true,
      () => false,
    )
    if (!found) throw unusable(`the package module ${path} is gone`)
  }
  let job: Job
  try {
    const mapped = mapComment.test(code) ? code : `${code}\n${emptyMap}`
    job = await importBundle({ file: `${id}.stored.mjs`, code: mapped }, `the stored bundle of '${id}'`, load)
  } catch (error) {
    throw unusable(error instanceof Error ? error.message : String(error), error)
  }
  if (job.id !== id) throw unusable(`it is the job '${job.id}'`)
  return job
}
