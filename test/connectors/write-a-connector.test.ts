import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { LineServer } from '../../examples/lines/line-server-fixture.js'
import { finished, millrace, root } from '../cli/command.js'
import { until } from '../support/until.js'

/** A project elsewhere, which knows Millrace as a package and nothing of its sources. */
const project = mkdtempSync(join(tmpdir(), 'millrace-connector-'))
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc')
const job = join(project, 'lines', 'meters.job.ts')

beforeAll(() => {
  cpSync(join(root, 'examples', 'lines'), join(project, 'lines'), { recursive: true })
  mkdirSync(join(project, 'node_modules', '@types'), { recursive: true })
  symlinkSync(root, join(project, 'node_modules', 'millrace'), 'junction')
  symlinkSync(join(root, 'node_modules', '@types', 'node'), join(project, 'node_modules', '@types', 'node'), 'junction')
  writeFileSync(join(project, 'package.json'), JSON.stringify({ type: 'module', private: true }))
  const compilerOptions = { target: 'es2023', module: 'nodenext', strict: true, noEmit: true, types: ['node'], skipLibCheck: false }
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['lines'], exclude: ['**/*.test.ts'] }))
})
afterAll(() => rmSync(project, { recursive: true, force: true }))

test('the example is built against the package as it is published', () => {
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', project], { encoding: 'utf8' })
  expect(stdout).toBe('')
  expect(status).toBe(0)
})

test('its job runs with the command: lines in, minutes out as lines, over a gateway that goes away', async () => {
  const [meters, billing] = [await LineServer.start(), await LineServer.start()]
  const env = { METERS_PORT: String(meters.port), BILLING_PORT: String(billing.port) }
  const checked = await finished(['validate', job], { cwd: project, env })
  expect(checked.code, checked.stderr).toBe(0)
  expect(checked.stdout + checked.stderr).toContain(`meters/billing: 127.0.0.1:${billing.port} takes connections`)
  const command = millrace(['run', job, '--http', '127.0.0.1:0', '--data', join(project, 'data')], { cwd: project, env })
  try {
    const page = (await command.said(/page +(http:\S+)/))[1]!
    const start = 1_700_000_040_000
    const reading = (meter: string, second: number) => JSON.stringify({ meter, wattHours: second, at: start + second * 1_000 })
    const minute = (n: number) => Array.from({ length: 60 }, (_, s) => ['a', 'b'].map(meter => reading(meter, n * 60 + s))).flat()
    meters.say(minute(0))
    await until('the first minute is in', async () => {
      const [summary] = (await (await fetch(`${page}/api/v1/jobs`)).json()) as [{ readonly counts: { readonly received: number } }]
      return summary.counts.received === 120
    })
    await meters.away()
    await billing.away()
    await meters.back()
    meters.say(['no JSON', ...minute(1), reading('end', 300)])
    await billing.back()
    await until('two minutes of two meters', () => billing.rows.length >= 4)
    const used = (from: number) => Array.from({ length: 60 }, (_, s) => from + s).reduce((sum, wh) => sum + wh, 0)
    const rows = billing.rows.map(({ meter, used: wh, n, window_start: from }) => [meter, wh, n, Date.parse(String(from))])
    expect(rows).toEqual([0, 60].flatMap(from => ['a', 'b'].map(meter => [meter, used(from), 60, start + from * 1_000])))
    const letters = (await (await fetch(`${page}/api/v1/dead-letters.json`)).json()) as readonly { readonly source: string }[]
    expect(letters.map(({ source }) => source)).toEqual(['readings'])
    const shown = await (await fetch(`${page}/api/v1/jobs`)).text()
    // Nothing is promised that TCP cannot keep.
    expect(shown).toContain('at most once: what is sent to')
  } finally {
    command.process.kill('SIGTERM')
    await command.done
    await meters.close()
    await billing.close()
  }
})

const page = readFileSync(join(root, 'docs/guides/write-a-connector.md'), 'utf8')
/** Blocks of code that say in their first line which file they are from. */
const blocks = [...page.matchAll(/^```ts\n\/\/ (examples\/\S+)\n([\s\S]*?)^```$/gm)].map(([, file, code]) => ({ file: file!, code: code! }))

test('what the guide shows is in the example, to the letter', () => {
  expect([...page.matchAll(/^```ts$/gm)]).toHaveLength(blocks.length)
  for (const { file, code } of blocks) {
    const text = readFileSync(join(root, file), 'utf8')
    let from = 0
    // `// …` stands for what is left out.
    for (const part of code.split(/^ *\/\/ …\n/m)) {
      const at = text.indexOf(part, from)
      expect(at, `${file} has, in this order:\n${part}`).toBeGreaterThanOrEqual(0)
      from = at + part.length
    }
  }
  const shown = new Set(blocks.map(({ file }) => file.split('/').at(-1)))
  const all = readdirSync(join(root, 'examples/lines'))
  for (const file of ['source.ts', 'source-reader.ts', 'sink.ts', 'sink-writer.ts', 'conformance.test.ts', 'meters.job.ts'])
    expect(shown).toContain(file)
  for (const file of all) expect(page, 'the guide names every file of the example').toContain(file)
})
