import { mkdir, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import pc from 'picocolors'
import { MillraceError } from '../model/errors/millrace-error.js'
import { nearest } from '../model/nearest.js'
import { systemTime } from '../runtime/seams/system-time.js'
import { binFiles } from './init-bin.js'
import { type ProjectSource, projectFiles, projectSources } from './init-files.js'
import { linkedPackages, linkParent, linkPath } from './init-links.js'
import { projectName } from './init-name.js'
import { askForProject } from './init-questions.js'

export interface InitOptions {
  readonly name?: string
  readonly source?: string
  readonly yes?: boolean
}

/** What a folder may hold and still count as empty. */
const ignored = new Set(['.git', '.DS_Store', 'Thumbs.db', 'desktop.ini'])

/**
 * `millrace init [DIR]`: a project with a job, its data, test, dashboard and editor settings, that runs at once and
 * without a network. Nothing is overwritten. Gives the exit code.
 *
 * @throws MR630 for a folder that holds files, MR631 for one that cannot be written, MR632 for a name that does not fit.
 */
export async function init(dir: string, options: InitOptions): Promise<number> {
  const began = systemTime.monotonic()
  const folder = resolve(dir)
  const source = options.source === undefined ? undefined : sourceOf(options.source)
  const name = projectName(options.name, folder)
  await refuseFiles(folder, dir)
  const asks = !options.yes && process.stdin.isTTY === true && process.stderr.isTTY === true
  const standard = { name, source: source ?? projectSources[0] } as const
  const given = { ...(options.name !== undefined && { name }), ...(source && { source }) }
  const chosen = asks ? await askForProject(given, standard) : standard
  if (!chosen) {
    process.stderr.write(`${pc.dim('nothing was made')}\n`)
    return 130
  }
  const files = await create(folder, { ...chosen, now: systemTime.wall() })
  const ms = asks ? '' : ` in ${Math.round(systemTime.monotonic() - began)} ms`
  welcome(folder, chosen, `${files} files${ms}`)
  return 0
}

function sourceOf(text: string): ProjectSource {
  const known = projectSources.find(source => source === text)
  if (known) return known
  const near = nearest(text, projectSources)
  throw new MillraceError('MR601', `init knows no source '${text}'`, {
    hint: near ? `did you mean ${near}?` : `use ${projectSources.join(', ')}`,
  })
}

async function refuseFiles(folder: string, dir: string): Promise<void> {
  let names: readonly string[]
  try {
    names = await readdir(folder)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT') return
    if (code === 'ENOTDIR') throw new MillraceError('MR630', `${dir} is a file`)
    throw unwritable(dir, error)
  }
  const found = names.filter(name => !ignored.has(name)).sort()
  if (found.length === 0) return
  const shown = found.slice(0, 5).join(', ')
  throw new MillraceError(
    'MR630',
    `${dir === '.' ? 'this folder' : dir} holds ${shown}${found.length > 5 ? ` and ${found.length - 5} more` : ''}`,
  )
}

/** Makes all of it or, where something fails, nothing. Gives the number of files. */
async function create(
  folder: string,
  chosen: { readonly name: string; readonly source: ProjectSource; readonly now: number },
): Promise<number> {
  const isNew = !(await stat(folder).catch(() => undefined))
  const packages = linkedPackages(folder)
  const files = projectFiles({ ...chosen, packages })
  const made: string[] = []
  try {
    for (const [path, { text, mode }] of [...[...files].map(([path, text]) => [path, { text, mode: 0o666 }] as const), ...binFiles()]) {
      const file = join(folder, path)
      await mkdir(dirname(file), { recursive: true })
      // `wx`: what somebody else put there meanwhile stays theirs.
      await writeFile(file, text, { flag: 'wx', mode })
      made.push(path)
    }
    for (const { name, folder: target } of packages) {
      await mkdir(linkParent(folder, name), { recursive: true })
      // A junction needs no privilege on Windows; elsewhere the word means nothing.
      await symlink(target, linkPath(folder, name), 'junction')
      made.push(join('node_modules', name))
    }
    return files.size
  } catch (error) {
    const tops = isNew ? [''] : [...new Set(made.map(path => path.split(/[\\/]/)[0]!))]
    for (const top of tops) await rm(join(folder, top), { recursive: true, force: true })
    throw unwritable(folder, error)
  }
}

const unwritable = (folder: string, cause: unknown): MillraceError =>
  new MillraceError('MR631', `${folder} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })

/** What has to be there before the job runs. */
const needs: Partial<Record<ProjectSource, string>> = {
  mqtt: 'set MILLRACE_MQTT_URL to the address of your broker first: mqtt://HOST:1883',
}

function welcome(folder: string, { name, source }: { readonly name: string; readonly source: ProjectSource }, what: string): void {
  const path = relative('', folder)
  const quoted = /^[\w./\\:-]+$/.test(path) ? path : `"${path}"`
  const lines = [
    `${pc.green('✓')} ${pc.bold(name)}: ${what}`,
    ...(path === '' ? [] : [`  cd ${quoted}`]),
    ...(needs[source] === undefined ? [] : [`  ${pc.dim(needs[source])}`]),
    `  npx millrace dev ${name}.job.ts    ${pc.dim('run it, with a page; edit, save, and it goes on')}`,
    `  ${'npx millrace test'.padEnd(`npx millrace dev ${name}.job.ts`.length)}    ${pc.dim('test it')}`,
  ]
  process.stderr.write(`${lines.join('\n')}\n`)
}
