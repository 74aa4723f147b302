import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { LinkedPackage } from './init-links.js'
import { packageRoot, version } from './package-root.js'

/** Where the readings of a new project come from, the standard one first: each has a folder of templates. */
export const projectSources = ['file', 'amqp', 'mqtt'] as const
export type ProjectSource = (typeof projectSources)[number]

export interface Project {
  readonly name: string
  readonly source: ProjectSource
  /** The time at which the sample data ends, ms since the epoch. */
  readonly now: number
  readonly packages: readonly LinkedPackage[]
}

/** The name that the templates bear. */
const templateName = 'room-climate'

/**
 * The files of a new project, by their paths in it. Templates are real files under the name `room-climate`, so that
 * tests check them as they are; only that name changes, and the times of the sample data, which ends now.
 */
export function projectFiles(project: Project): ReadonlyMap<string, string> {
  const files = new Map<string, string>()
  for (const folder of ['shared', project.source]) {
    for (const [path, text] of templates(join(packageRoot, 'templates', folder))) {
      const named = path.endsWith('.csv') ? shifted(text, project.now) : text.replaceAll(templateName, project.name)
      files.set(installedPath(path).replaceAll(templateName, project.name), named)
    }
  }
  return files.set('package.json', packageJson(project))
}

function templates(folder: string): readonly (readonly [string, string])[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => {
      const path = join(entry.parentPath, entry.name)
      return [relative(folder, path).replaceAll('\\', '/'), readFileSync(path, 'utf8')] as const
    })
}

/** npm would take a `.gitignore` in the package for its own. */
const installedPath = (path: string): string => path.replace(/^(gitignore|vscode\/)/, '.$1')

/** Readings end at the last full ten seconds before `now`, and keep their distances. */
function shifted(csv: string, now: number): string {
  const times = [...csv.matchAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g)].map(([text]) => Date.parse(text))
  const shift = Math.floor(now / 10_000) * 10_000 - Math.max(...times)
  return csv.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, text => new Date(Date.parse(text) + shift).toISOString().replace('.000Z', 'Z'))
}

function packageJson({ name, packages }: Project): string {
  const ranges = (dev: boolean) => Object.fromEntries(packages.filter(one => one.dev === dev).map(one => [one.name, one.range]))
  const job = `${name}.job.ts`
  const content = {
    name,
    version: '0.0.0',
    private: true,
    type: 'module',
    description: `A Millrace job, made by Millrace ${version}.`,
    scripts: {
      dev: `millrace dev ${job}`,
      start: `millrace run ${job}`,
      test: 'millrace test',
      validate: `millrace validate ${job}`,
    },
    dependencies: ranges(false),
    devDependencies: ranges(true),
  }
  return `${JSON.stringify(content, null, 2)}\n`
}
