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
  'millrace/file': 'connectors/file/index.ts',
  'millrace/console': 'connectors/console/index.ts',
  'millrace/testing': 'src/testing/index.ts',
}

const aggregates = ['count', 'sum', 'mean', 'min', 'max', 'first', 'last', 'variance', 'stddev', 'countDistinct', 'collect']
const operators = ['where', 'select', 'derive', 'aggregate', 'eventTime', 'filterRows', 'mapRows', 'flatMapRows', 'rx', 'debug']

/** What examples may refer to without saying so. */
const inScene = ['Reading', 'Sample', 'S', 'seen', 'unpack', 'entry', 'readings', 'frames', 'indoor', 'outdoor', 'climate', 'hot']
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
  return { ${inScene.join(', ')} }
}
`

interface Example {
  readonly file: string
  readonly code: string
}

/** The examples of the files that a door opens on, in order. */
async function examplesOf(door: string): Promise<Example[]> {
  const path = join(root, door)
  const files = new Set(
    [...(await readFile(path, 'utf8')).matchAll(/from '(\.[^']+)\.js'/g)].map(([, file]) => join(dirname(path), `${file}.ts`)),
  )
  const examples: Example[] = []
  for (const file of files) {
    for (const [, block] of (await readFile(file, 'utf8')).matchAll(/\* @example\n((?: *\*(?!\/).*\n)+)/g)) {
      examples.push({ file, code: block!.replace(/^ *\* ?/gm, '').trim() })
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
    [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => ({ file, code: code!.trim() })),
  )
}

/** An example in the place where a job would write it; what it says to give is compared. */
function placed({ code }: Example, number: number): string {
  const [, expression, given] = /^(.*?)\s*\/\/ (.*)$/.exec(code) ?? [undefined, code, undefined]
  const word = /^\w+/.exec(code)?.[0] ?? ''
  if (aggregates.includes(word)) return `readings.pipe(aggregate('e${number}', { over: tumbling('1m') }, { it: ${expression} }))`
  if (operators.includes(word)) return `readings.pipe(${expression})`
  if (word === 'amqpSink') return `written.push(climate.pipe(into(${expression})))`
  if (word === 'amqp' || word === 'file') return `read('e${number}', ${expression})`
  if (/^export default job\b/.test(code)) return code.replace('export default', 'jobs[0] =')
  if (/^\w+\.pipe\(into\(/.test(code)) return `written.push(${code})`
  if (given !== undefined && /^('.*'|\d+|\w+\(.*\))$/.test(given)) return `expect(${expression}).toEqual(${given})`
  return code
}

const names = (source: string): string[] =>
  [...source.matchAll(/export \{([^}]+)\}/g)].flatMap(([, list]) => list!.split(',')).map(n => n.trim())

describe('examples of the public doors', () => {
  let folder = ''
  let examples: Example[] = []
  beforeAll(async () => {
    folder = await mkdtemp(join(root, 'test/docs/.examples-'))
    examples = (await Promise.all([...Object.values(doors).map(examplesOf), snippetsOf('docs/concepts')])).flat()
    examples = examples.filter((example, i) => examples.findIndex(other => other.code === example.code) === i)
    const taken = new Set<string>()
    const imports = await Promise.all(
      Object.entries(doors).map(async ([door, file]) => {
        const fresh = names(await readFile(join(root, file), 'utf8')).filter(
          name => name !== '' && !name.startsWith('type ') && !taken.has(name),
        )
        for (const name of fresh) taken.add(name)
        return `import { ${fresh.join(', ')} } from '${door}'`
      }),
    )
    const parts = examples.map(
      (example, i) => `
// ${example.file.slice(root.length)}
jobs[${i + 1}] = job('e${i}', ({ read }) => {
  const { ${inScene.join(', ')} } = scene(read)
  const written = [hot.pipe(into(view('end')))]
{
${placed(example, i)}
}
  void [${inScene.join(', ')}]
  return written
})`,
    )
    const file = `${imports.join('\n')}
import type { Job, JobTools } from 'millrace'
import { tap } from 'rxjs'
import { expect } from 'vitest'
import { durationMs } from '../../../src/model/duration.js'
export const jobs: Job[] = []
/** What stands for a connector's own harness and for its test runner. */
const harness = {} as never
const test = (name: string, run: () => unknown) => void [name, run]
void [tap, durationMs, expect, harness, test]
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
    expect(examples.length).toBeGreaterThan(35)
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
