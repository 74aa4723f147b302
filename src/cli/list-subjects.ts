import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { type DeclaredExport, declaredExports, readDoc } from './declaration-docs.js'
import { packageRoot } from './package-root.js'

/** One thing that a job author can write. */
export interface Listed {
  readonly name: string
  /** The module that a job imports it from; absent for demos. */
  readonly from?: string
  readonly summary: string
  readonly example: string
}

export const subjects = [
  'operators',
  'aggregates',
  'windows',
  'sources',
  'sinks',
  'codecs',
  'ids',
  'fields',
  'expressions',
  'demos',
] as const
export type Subject = (typeof subjects)[number]

/** What belongs to a subject, as the declarations and jobs of this installation describe it; nothing is written twice. */
export function listed(subject: Subject): readonly Listed[] {
  return subject === 'demos'
    ? demos()
    : declaredThings()
        .filter(thing => thing.subject === subject)
        .map(({ subject: _, ...thing }) => thing)
}

type Thing = Listed & { readonly subject: Subject | undefined }

/** Every value that jobs can import, each once: what a connector only passes on is listed where it lives. */
export function declaredThings(): readonly Thing[] {
  const dist = join(packageRoot, 'dist')
  const connectors = readdirSync(join(dist, 'connectors'), { withFileTypes: true })
    .filter(entry => entry.isDirectory() && existsSync(join(dist, 'connectors', entry.name, 'index.d.ts')))
    .map(({ name }) => name)
    .sort()
  const modules = [
    { from: 'millrace', index: join(dist, 'src', 'index.d.ts') },
    ...connectors.map(name => ({ from: `millrace/${name}`, index: join(dist, 'connectors', name, 'index.d.ts') })),
  ]
  const seen = new Set<string>()
  return modules.flatMap(({ from, index }) =>
    declaredExports(index).flatMap(one => {
      const key = `${one.file} ${one.name}`
      if (seen.has(key)) return []
      seen.add(key)
      const { name, summary, signature } = one
      return [
        { name, from, summary, example: one.example || signature, subject: subjectOf(relative(dist, one.file).replaceAll('\\', '/'), one) },
      ]
    }),
  )
}

/** What a function gives says what it is for, wherever it lives. */
const byResult: Readonly<Record<string, Subject>> = { SourceSpec: 'sources', SinkSpec: 'sinks', IdSpec: 'ids', FieldOrigin: 'fields' }

const byRoom: readonly (readonly [string, Subject])[] = [
  ['src/operators/', 'operators'],
  ['src/aggregates/', 'aggregates'],
  ['src/windows/', 'windows'],
  ['src/codecs/', 'codecs'],
  ['src/model/fields.', 'fields'],
  ['src/expr/', 'expressions'],
]

function subjectOf(path: string, { signature }: DeclaredExport): Subject | undefined {
  const result = /^.*(?:\): |=> )(\w+)/.exec(signature)?.[1]
  return (result === undefined ? undefined : byResult[result]) ?? byRoom.find(([room]) => path.startsWith(room))?.[1]
}

/** Demos are the jobs that come with Millrace; the comment at the head of each says what it shows. */
function demos(): readonly Listed[] {
  const folder = join(packageRoot, 'jobs')
  return readdirSync(folder)
    .flatMap(file => /^(.+)\.job\.ts$/.exec(file)?.[1] ?? [])
    .sort()
    .map(name => {
      const head = /^\/\*\*[\s\S]*?\*\//.exec(readFileSync(join(folder, `${name}.job.ts`), 'utf8'))?.[0] ?? ''
      return { name, summary: readDoc(head).summary, example: `millrace demo ${name}` }
    })
}
