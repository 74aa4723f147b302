import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Job } from '../../src/job/graph.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const doors = {
  millrace: 'src/index.ts',
  'millrace/amqp': 'connectors/amqp/index.ts',
  'millrace/mqtt': 'connectors/mqtt/index.ts',
  'millrace/file': 'connectors/file/index.ts',
  'millrace/http': 'connectors/http/index.ts',
  'millrace/console': 'connectors/console/index.ts',
  'millrace/connector': 'src/connector/index.ts',
  'millrace/testing': 'src/testing/index.ts',
}

const doorNames = Object.keys(doors) as readonly (keyof typeof doors)[]

const aggregates = ['count', 'sum', 'mean', 'min', 'max', 'first', 'last', 'variance', 'stddev', 'countDistinct', 'collect']
const operators = ['where', 'select', 'derive', 'aggregate', 'eventTime', 'filterRows', 'mapRows', 'flatMapRows', 'rx', 'debug']

/** What examples may refer to without saying so. */
const inScene = [
  'Reading',
  'Sample',
  'S',
  'seen',
  'unpack',
  'entry',
  'readings',
  'frames',
  'indoor',
  'outdoor',
  'climate',
  'hot',
  'options',
]
const scene = `
const scene = (read: JobTools['read']) => {
  const Reading = schema({
    room: text(), celsius: number({ unit: '°C' }), humidity: number(), litres: number(), part: number(), whole: number(),
    state: oneOf('run', 'stop').nullable(), at: timestamp('epoch-ms'),
  })
  const Sample = schema({ value: number() })
  const S = schema({ celsius: number() })
  const seen = new Set<number>()
  const unpack = (frame: { readonly celsius: number }) => [{ value: frame.celsius }]
  const entry = (rows: number) => ({ wall: 0, rows: Array.from({ length: rows }, () => ({ room: 'a', celsius: 20 })) })
  const readings = read('readings', amqp({ address: 'readings', decode: json(Reading) }))
  const frames = readings
  const [indoor, outdoor] = [readings, readings]
  const climate = readings.pipe(aggregate('of-scene', { by: r => ({ room: r.room }), over: tumbling('1m') }, { mean: mean(r => r.celsius), n: count() }))
  const hot = climate
  const options = { topic: 'sensors/+', decode: json(Reading) }
  return { ${inScene.join(', ')} }
}
`

interface Example {
  /** What brings its names along; undefined for snippets of pages. */
  readonly door: keyof typeof doors | undefined
  readonly file: string
  readonly code: string
}

/** The examples of the files that a door opens on, in order. */
async function examplesOf(door: keyof typeof doors): Promise<Example[]> {
  const path = join(root, doors[door])
  const files = new Set(
    [...(await readFile(path, 'utf8')).matchAll(/from '(\.[^']+)\.js'/g)].map(([, file]) => join(dirname(path), `${file}.ts`)),
  )
  const examples: Example[] = []
  for (const file of files) {
    for (const [, block] of (await readFile(file, 'utf8')).matchAll(/\* @example\n((?: *\*(?!\/).*\n)+)/g)) {
      examples.push({ door, file, code: block!.replace(/^ *\* ?/gm, '').trim() })
    }
  }
  return examples
}

/** The snippets of pages that explain concepts. */
async function snippetsOf(folder: string): Promise<Example[]> {
  const pages = (await readdir(join(root, folder))).filter(name => name.endsWith('.md'))
  const texts = await Promise.all(
    pages.map(async name => ({ file: join(root, folder, name), text: await readFile(join(root, folder, name), 'utf8') })),
  )
  return texts.flatMap(({ file, text }) =>
    [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => ({ door: undefined, file, code: code!.trim() })),
  )
}

/** An example in the place where a job would write it; what it says to give is compared. */
function placed({ code }: Example, number: number): string {
  const [, before = '', expression, given] = /^((?:.*\n)*)(.*?)\s*\/\/ (.*)$/.exec(code) ?? [undefined, undefined, code, undefined]
  const word = /^\w+/.exec(code)?.[0] ?? ''
  if (aggregates.includes(word)) return `readings.pipe(aggregate('e${number}', { over: tumbling('1m') }, { it: ${expression} }))`
  if (operators.includes(word)) return `readings.pipe(${expression})`
  if (word === 'amqpSink') return `written.push(climate.pipe(into(${expression})))`
  if (word === 'amqp' || word === 'mqtt' || word === 'file') return `read('e${number}', ${expression})`
  if (/^export default job\b/.test(code)) return code.replace('export default', 'jobs[0] =')
  if (/^\w+\.pipe\(into\(/.test(code)) return `written.push(${code})`
  if (given !== undefined && /^('.*'|\d+|true|\[.*\]|\w+\(.*\))$/.test(given)) return `${before}expect(${expression}).toEqual(${given})`
  return code
}

/** The values that a door exports. */
const namesOf = (source: string): readonly string[] =>
  [...source.matchAll(/export \{([^}]+)\}/g)]
    .flatMap(([, list]) => list!.split(','))
    .map(name => name.trim())
    .filter(name => name !== '' && !name.startsWith('type '))

describe('examples of the public doors', () => {
  let folder = ''
  let examples: Example[] = []
  beforeAll(async () => {
    folder = await mkdtemp(join(root, 'test/docs/.examples-'))
    examples = (await Promise.all([...doorNames.map(examplesOf), snippetsOf('docs/concepts')])).flat()
    examples = examples.filter((example, i) => examples.findIndex(other => other.code === example.code) === i)
    const offered = await Promise.all(
      doorNames.map(async door => [door, namesOf(await readFile(join(root, doors[door]), 'utf8'))] as const),
    )
    const taken = new Map<string, string>()
    for (const [door, names] of offered) for (const name of names) if (!taken.has(name)) taken.set(name, door)
    const imports = offered.map(([door, names]) => `import { ${names.filter(name => taken.get(name) === door).join(', ')} } from '${door}'`)
    const whole = doorNames.map((door, i) => `import * as door${i} from '${door}'`)
    /** A name that several doors offer means that of the example's own. */
    const own = ({ door }: Example): string => {
      const names = offered.find(([name]) => name === door)?.[1].filter(name => taken.get(name) !== door) ?? []
      return names.length === 0 ? '' : `const { ${names.join(', ')} } = door${doorNames.indexOf(door!)}`
    }
    const parts = examples.map(
      (example, i) => `
// ${example.file.slice(root.length)}
jobs[${i + 1}] = job('e${i}', ({ read }) => {
  const { ${inScene.join(', ')} } = scene(read)
  const written = [hot.pipe(into(view('end')))]
{
${own(example)}
${placed(example, i)}
}
  void [${inScene.join(', ')}]
  return written
})`,
    )
    const file = `${[...imports, ...whole].join('\n')}
import type { Job, JobTools } from 'millrace'
import type { OutputBatch } from 'millrace/connector'
import { tap } from 'rxjs'
import { expect } from 'vitest'
import { connectorContext } from '../../support/connector-context.js'
export const jobs: Job[] = []
/** What stands for a connector's own harness and for its test runner. */
const harness = {} as never
const test = (name: string, run: () => unknown) => void [name, run]
const context = connectorContext()
void [tap, expect, harness, test, context]
${scene}
${parts.join('\n')}
`
    await writeFile(join(folder, 'examples.ts'), file)
    const paths = Object.fromEntries(Object.entries(doors).map(([door, path]) => [door, [join(root, path)]]))
    const compilerOptions = { paths, noEmit: true, noUnusedLocals: false, noUnusedParameters: false }
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ extends: '../../../tsconfig.json', compilerOptions, include: ['examples.ts'] }),
    )
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('are there', () => {
    expect(examples.length).toBeGreaterThan(100)
  })

  it('compile', () => {
    const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc')
    const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' })
    expect(stdout).toBe('')
    expect(status).toBe(0)
  })

  it('run', async () => {
    const { jobs } = (await import(pathToFileURL(join(folder, 'examples.ts')).href)) as { readonly jobs: readonly Job[] }
    expect(jobs.length).toBe(examples.length + 1)
    for (const job of jobs.slice(1)) expect(job.start({ bounded: false }).sinks.length, job.id).toBeGreaterThan(0)
    // The job that is an example itself, made while its place ran.
    expect(jobs[0]?.start({ bounded: false }).sinks.length).toBe(1)
  })
})
