import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { type Finished, finished } from '../cli/command.js'

const folder = mkdtempSync(join(tmpdir(), 'millrace-agrees-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
mkdirSync(folder, { recursive: true })
writeFileSync(join(folder, 'readings.csv'), 'room,celsius,at\nhall,21,2024-01-01T00:00:00Z\nhall,22,2024-01-01T00:00:30Z\n')

const sound = '' as const
/** Parts of a job: the first of each is sound, the others are wrong in ways that `run` refuses. */
const parts = {
  top: [
    sound,
    'const started = Date.now()',
    'const dice = Math.random()',
    "const Bad = schema({ at: timestamp('iso' as never) })",
    'setTimeout(() => {}, 1)',
  ],
  fields: [
    'room: text()',
    'final: boolean(), room: text()',
    "room: text().at('a..b')",
    "room: text().at(''), final: text(), when: timestamp('iso' as never)",
  ],
  source: ["address: 'in'", "adress: 'in'", 'address: 7 as never'],
  time: [
    "eventTime(r => r.at, { outOfOrderness: '1s' }),",
    'eventTime((r: any) => r.room, {}),',
    "eventTime(r => r.at, { outOfOrder: '1s' } as never),",
  ],
  first: [
    sound,
    'where((r: any) => r.celcius.gt(1)),',
    'where((r: any) => r.celsius > 1),',
    'where(r => { r.celsius.gt(1); return r.room.eq("x") }),',
  ],
  second: [sound, "where((r: any) => r.room.gt('a')),", 'undefined as never,', 'where(r => r.celsius.gt(-40)),'],
  by: ['room: r.room', 'room: (r as any).rom', 'final: r.room'],
  over: ["tumbling('1m')", "tumbling('0s')", "hopping('1m', { every: '2m' })", "tumbling('one minute' as never)"],
  value: ['mean(r => r.celsius)', 'mean((r: any) => r.room)', 'collect(r => r.celsius, { limit: 0 } as never)', 'undefined as never'],
  output: [
    "[climate.pipe(into(view('climate')))]",
    '[] as never',
    "[climate.pipe(into(view('cli mate')))]",
    "[climate.pipe(into(view('a'))), climate.pipe(into(view('a')))]",
    '[climate.pipe(into(undefined as never))]',
  ],
} as const

const imports = `import { aggregate, boolean, collect, eventTime, hopping, into, job, mean, number, schema, text, timestamp, tumbling, view, where } from 'millrace'
import { amqp, json } from 'millrace/amqp'
`
const jobFile = (p: Readonly<Record<keyof typeof parts, string>>, id: string): string => `${imports}
${p.top}
const Reading = schema({ ${p.fields}, celsius: number(), at: timestamp('rfc3339') })
export default job('${id}', ({ read }) => {
  const readings = read('readings', amqp({ ${p.source}, decode: json(Reading) })).pipe(
    ${p.time}
    ${p.first}
    ${p.second}
  )
  const climate = readings.pipe(aggregate('climate', { by: r => ({ ${p.by} }), over: ${p.over} }, { value: ${p.value} }))
  return ${p.output}
})
`

/** Mostly sound parts, so that sound jobs and jobs with a single fault are common. */
const arbitrary = fc.record(
  Object.fromEntries(
    Object.entries(parts).map(([name, [good, ...bad]]) => [
      name,
      fc.oneof({ weight: 8, arbitrary: fc.constant<string>(good) }, { weight: 1, arbitrary: fc.constantFrom<string>(...bad) }),
    ]),
  ) as Readonly<Record<keyof typeof parts, fc.Arbitrary<string>>>,
)

/** Of the errors that it prints, in order. */
const codesOf = (stderr: string): readonly string[] => [...stderr.matchAll(/^error (MR\d+) {2}/gm)].map(([, code]) => code!)

/** Processes at a time: all of them at once would starve whatever else is tested meanwhile. */
const atOnce = 4

async function runsOf(paths: readonly string[]): Promise<readonly Finished[]> {
  const runs: Finished[] = []
  while (runs.length < paths.length) {
    const some = paths.slice(runs.length, runs.length + atOnce)
    runs.push(
      ...(await Promise.all(some.map(path => finished(['run', path, '--read', 'readings=readings.csv', '--quiet'], { cwd: folder })))),
    )
  }
  return runs
}

// It starts seventeen processes: seconds on a quiet machine, minutes on one that many use.
test('validate finds errors where run refuses, the same ones, and nowhere else', { timeout: 300_000 }, async () => {
  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31))
  const faultless = Object.fromEntries(Object.entries(parts).map(([name, [good]]) => [name, good])) as Parameters<typeof jobFile>[0]
  const texts = [faultless, ...fc.sample(arbitrary, { numRuns: 15, seed })].map((chosen, i) => jobFile(chosen, `job-${i}`))
  const paths = texts.map((text, i) => {
    const path = join(folder, `job-${i}.job.ts`)
    writeFileSync(path, text)
    return path
  })
  const { stdout } = await finished(['validate', '--json', ...paths], { cwd: folder })
  const { findings } = JSON.parse(stdout) as {
    readonly findings: readonly { readonly level: string; readonly job: string; readonly code?: string }[]
  }
  const runs = await runsOf(paths)
  expect(runs[0]).toMatchObject({ code: 0, stderr: '' })
  for (const [i, run] of runs.entries()) {
    const found = findings.filter(({ job, level }) => job === paths[i] && level === 'error').map(({ code }) => code)
    expect({ seed, refused: run.code !== 0, codes: codesOf(run.stderr) }, `${texts[i]}\n${run.stderr}`).toEqual({
      seed,
      refused: found.length > 0,
      codes: found,
    })
  }
})
