import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { jobBrand } from '../../src/job/job.js'
import { MillraceError } from '../../src/model/errors/millrace-error.js'
import { type LoadedJob, loadJob } from '../../src/runtime/load/load-job.js'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-jobs-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Under the test runner the modules are TypeScript. */
const resolveMillrace = (specifier: string): URL => {
  const part = specifier.split('/')[1]
  return new URL(part ? `../../connectors/${part}/index.ts` : '../../src/index.ts', import.meta.url)
}

async function load(files: Readonly<Record<string, string>>, main = Object.keys(files)[0]!): Promise<LoadedJob> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), content)
  }
  return loadJob(join(folder, main), { resolveMillrace })
}

async function refusal(run: () => Promise<unknown>): Promise<MillraceError> {
  const error = await run().then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(MillraceError)
  return error as MillraceError
}

const amqpJob = `
import { into, job, number, schema, view } from 'millrace'
import { amqp, json } from 'millrace/amqp'
import { address } from './parts/address.js'
interface Unused { readonly a: number }
const S = schema({ celsius: number() })
export default job('away', ({ read }) => [read('in', amqp({ address, decode: json(S) })).pipe(into(view('v')))])
`

test('a TypeScript job from any folder, with its own modules, uses the running command', async () => {
  const { job } = await load({ 'away.job.ts': amqpJob, 'parts/address.ts': "export const address: string = 'telemetry'" })
  const graph = job.start({ bounded: false })
  expect(graph.plan.nodes.map(({ id }) => id)).toEqual(['in', 'view:v'])
  expect(graph.sources[0]!.spec.params['address']).toBe('telemetry')
})

test('the jobs of the project load', async () => {
  const path = fileURLToPath(new URL('../../jobs/mote-climate.job.ts', import.meta.url))
  const { job } = await loadJob(path, { resolveMillrace })
  expect(job.id).toBe('mote-climate')
})

test('no file', async () => {
  expect((await refusal(() => loadJob(join(folder, 'absent.job.ts')))).code).toBe('MR401')
  expect(await refusal(() => loadJob(folder))).toMatchObject({ code: 'MR401', message: expect.stringContaining('is a folder') })
  const data = join(folder, 'rows.csv')
  await writeFile(data, 'room,celsius\nhall,20\n')
  expect(await refusal(() => loadJob(data))).toMatchObject({
    code: 'MR401',
    message: `${data} is no job file`,
    hint: expect.stringContaining(`--read SOURCE=${data}`),
  })
})

test('a syntax error is placed', async () => {
  const error = await refusal(() => load({ 'syntax.job.ts': 'const a = 1\nexport default a +\n  )' }))
  expect(error.code).toBe('MR402')
  expect(error.place).toMatchObject({ file: join(folder, 'syntax.job.ts'), line: 3, column: 3 })
})

test('an import that is not there is placed', async () => {
  const error = await refusal(() => load({ 'import.job.ts': "import { a } from 'no-such-package-of-mine'\nexport default a" }))
  expect(error.code).toBe('MR405')
  expect(error.place).toMatchObject({ file: join(folder, 'import.job.ts'), line: 1 })
})

test('no default export, and one that is no job', async () => {
  expect((await refusal(() => load({ 'none.job.ts': 'export const a = 1' }))).code).toBe('MR403')
  expect((await refusal(() => load({ 'other.job.ts': 'export default { id: "x", start() {} }' }))).code).toBe('MR403')
})

test('what the file throws at load, and the job function when it runs, is placed in the author’s lines', async () => {
  const error = await refusal(() =>
    load({ 'throws.job.ts': 'interface A { a: 1 }\nconst f = (): never => {\n  throw new Error("bad")\n}\nexport default f()' }),
  )
  expect(error).toMatchObject({ code: 'MR404', place: { file: join(folder, 'throws.job.ts'), line: 3 } })

  const { job } = await load({
    'inner.job.ts':
      "import { job } from 'millrace'\ntype A = string\n\nexport default job('inner', () => {\n  const list: number[] = []\n  return list[0]!.toFixed() as never\n})",
  })
  const inner = await refusal(async () => job.start({ bounded: false }))
  expect(inner).toMatchObject({ code: 'MR404', place: { file: join(folder, 'inner.job.ts'), line: 6 } })
})

test('an error of the language has its place', async () => {
  const error = await refusal(() =>
    load({ 'reserved.job.ts': "import { schema, text } from 'millrace'\n\nexport default schema({ final: text() })" }),
  )
  expect(error).toMatchObject({ code: 'MR101', place: { line: 3 } })
})

test('a time format that nobody can read has its place, before any row comes', async () => {
  const text = (format: string) =>
    `import { job, schema, timestamp } from 'millrace'\nschema({\n  at: timestamp(${format}),\n})\nexport default job('x', () => [])`
  for (const [format, message] of [
    ["'yyyy-mm-dd hh:mm:ss', 'UTC'", "the time pattern 'yyyy-mm-dd hh:mm:ss' has the unknown part 'hh'"],
    ["'yyyy-MM-dd', 'Berlin'", "'Berlin' is not a time zone"],
  ] as const) {
    const error = await refusal(() => load({ 'format.job.ts': text(format) }))
    expect(error).toMatchObject({ code: 'MR103', message, place: { line: 3 } })
  }
})

test('what a job function gives back is placed where the job is declared', async () => {
  const text = (result: string) =>
    amqpJob
      .replace("'away'", "'back'")
      .replace("./parts/address.js'", "./address.js'")
      .replace(/=> \[(.*)\]\)/, (_, written: string) => `=> ${result.replace('WRITTEN', written)})`)
  for (const [result, message, hint] of [
    ['WRITTEN', "the job 'back' returns one result without a list around it", 'write it in brackets: return [climate.pipe(into(…))]'],
    ['{ WRITTEN }', "the job 'back' returns nothing that was written", undefined],
    ['[WRITTEN, 7]', "the job 'back' returns something that was not written with into(…)", undefined],
  ] as const) {
    const { job } = await load({ 'back.job.ts': text(result), 'address.ts': "export const address: string = 'telemetry'" })
    const error = await refusal(async () => job.start({ bounded: false }))
    expect(error).toMatchObject({ code: 'MR166', message, place: { file: join(folder, 'back.job.ts'), line: 7 }, ...(hint && { hint }) })
  }
})

test('a door of Millrace that there is not is placed, with the one that was meant', async () => {
  const text = "import { job } from 'millrace'\nimport { csv } from 'millrace/files'\nexport default job('x', () => [csv])"
  const error = await refusal(() => load({ 'door.job.ts': text }))
  expect(error).toMatchObject({
    code: 'MR405',
    message: "there is no 'millrace/files'",
    hint: "did you mean 'millrace/file'?",
    place: { file: join(folder, 'door.job.ts'), line: 2, column: 21 },
  })
})

test('time and randomness from outside the data are refused in the job’s own modules, all places named', async () => {
  const error = await refusal(() =>
    load({
      'clock.job.ts':
        "import { job } from 'millrace'\nimport { now } from './parts/clock.js'\ninterface A { a: 1 }\nexport default job('clock', () => [now(), Math.random()] as never)",
      'parts/clock.ts': 'type T = number\nexport const now = (): T => Date.now()',
    }),
  )
  expect(error.code).toBe('MR130')
  expect(error.place).toMatchObject({ file: join(folder, 'parts/clock.ts'), line: 2, column: 29 })
  expect(error.others).toMatchObject([{ code: 'MR131', place: { file: join(folder, 'clock.job.ts'), line: 4 } }])
})

test('a name that a module does not export is named', async () => {
  const importModule = () =>
    Promise.reject(new SyntaxError("The requested module 'file:///x/index.js' does not provide an export named 'agregate'"))
  await writeFile(join(folder, 'export.job.ts'), 'export default 1')
  const error = await refusal(() => loadJob(join(folder, 'export.job.ts'), { resolveMillrace, importModule }))
  expect(error).toMatchObject({ code: 'MR405', message: 'file:///x/index.js has no export `agregate`' })
})

test('a file that never ends loading is refused, and one that ends is not waited for longer', async () => {
  const waits: number[] = []
  let cancelled = 0
  const time = {
    wall: () => 0,
    monotonic: () => 0,
    after: (ms: number, callback: () => void) => {
      waits.push(ms)
      const timer = setImmediate(callback)
      return () => {
        cancelled++
        clearImmediate(timer)
      }
    },
  }
  await writeFile(join(folder, 'waits.job.ts'), 'export default 1')
  const waiting = { resolveMillrace, time, importModule: () => new Promise(() => undefined) }
  const error = await refusal(() => loadJob(join(folder, 'waits.job.ts'), waiting))
  expect(error).toMatchObject({
    code: 'MR404',
    message: 'the file did not end loading in 10 s: it waits for something',
    place: { line: 1 },
  })
  expect(waits).toEqual([10_000])

  const exports = { default: { [jobBrand]: true, id: 'quick', start: () => undefined } }
  const { job } = await loadJob(join(folder, 'waits.job.ts'), { resolveMillrace, time, importModule: async () => exports })
  expect(job.id).toBe('quick')
  expect(cancelled).toBe(2)
})
