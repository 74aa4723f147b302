import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { finished, millrace, root } from '../cli/command.js'
import { until } from '../support/until.js'

const top = mkdtempSync(join(tmpdir(), 'millrace-test-command-'))
afterAll(() => rmSync(top, { recursive: true, force: true }))

/** A folder of its own with these files. */
let folders = 0
function project(files: Readonly<Record<string, string>>): string {
  const folder = join(top, `p${folders++}`)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}
const run = (cwd: string, ...args: readonly string[]) => finished(['test', ...args], { cwd })

const job = `import { aggregate, into, job, max, number, schema, text, tumbling, view } from 'millrace'
import { amqp, json } from 'millrace/amqp'
export const Reading = schema({ room: text(), celsius: number({ unit: '°C' }) })
export default job('rooms', ({ read }) => [
  read('readings', amqp({ address: 'readings', decode: json(Reading) })).pipe(
    aggregate('peak', { by: r => ({ room: r.room }), over: tumbling('1m') }, { peak: max(r => r.celsius) }),
    into(view('peak')),
  ),
])
`
const test = (expected: number): string => `import { test } from 'node:test'
import { expectRows, rowsFromFile, testJob } from 'millrace/testing'
import rooms, { Reading } from './rooms.job.js'

interface Unused { readonly a: number }

test('the peak of a minute', () => {
  const run = testJob(rooms)
  run.source('readings', Reading).send(rowsFromFile(new URL('readings.csv', import.meta.url), Reading))
  run.advance('2m')
  expectRows(run.rows('peak'), [{ room: 'hall', peak: ${expected}, window_end: '2024-01-01T00:01:00Z' }])
})
`
const rooms = { 'rooms.job.ts': job, 'readings.csv': 'celsius,room\n21.5,hall\n23,hall\n' }

describe.concurrent('millrace test', () => {
  it('runs the tests below the current folder, and says what passed', async () => {
    const folder = project({ ...rooms, 'rooms.test.ts': test(23), 'node_modules/a/a.test.ts': 'nonsense(', 'dist/b.test.js': 'nonsense(' })
    const { code, stdout, stderr } = await run(folder)
    expect(stderr).toBe('')
    expect(stdout.replace(/ {2}\d+ ms/, '')).toBe('rooms.test.ts\n  ✓ the peak of a minute\n\n1 passed\n')
    expect(code).toBe(0)
  })

  it('points at the TypeScript line of a failing assertion, and shows the rows', async () => {
    const { code, stdout } = await run(project({ ...rooms, 'rooms.test.ts': test(22) }))
    expect(code).toBe(1)
    expect(stdout.replace(/ {2}\d+ ms/, '')).toBe(`rooms.test.ts
  ✗ the peak of a minute
    1 row, expected 1; 1 differs  (- missing, + unexpected, ≠ changed)
        room  peak              window_end
      ≠ hall  23 (expected 22)  2024-01-01T00:01:00Z
       ┌─ rooms.test.ts:11:3
    11│   expectRows(run.rows('peak'), [{ room: 'hall', peak: 22, window_end: '2024-01-01T00:01:00Z' }])
      │   ^^^^^^^^^^

1 failed, 0 passed
`)
  })

  it('shows errors of Millrace with their code, in suites, and what was skipped', async () => {
    const folder = project({
      ...rooms,
      'deep/rooms.test.ts': `import { describe, test } from 'node:test'
import { testJob } from 'millrace/testing'
import rooms from '../rooms.job.js'
describe('rooms', () => {
  test('good', () => {})
  test('misspelt', () => {
    testJob(rooms).rows('paek')
  })
  test.skip('later', () => {})
})
`,
    })
    const { code, stdout } = await run(folder, 'deep')
    expect(code).toBe(1)
    expect(stdout).toContain('✓ rooms › good')
    expect(stdout).toContain('- rooms › later')
    expect(stdout).toMatch(/✗ rooms › misspelt.*\n {4}MR196 {2}the job 'rooms' has no view or sink 'paek'/)
    expect(stdout).toContain('deep/rooms.test.ts:7:20')
    expect(stdout).toContain('1 failed, 1 passed, 1 skipped')
  })

  it('runs only what --filter names', async () => {
    const folder = project({
      'a.test.ts': `import { test } from 'node:test'\ntest('hot', () => {})\ntest('cold', () => { throw new Error('no') })\n`,
    })
    expect(await run(folder, '--filter', '^hot$')).toMatchObject({ code: 0, stdout: 'a.test.ts\n  ✓ hot\n\n1 passed\n' })
    expect(await run(folder, '--filter', 'warm')).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^error MR640 {2}no test fits --filter warm$/m) as string,
    })
    writeFileSync(join(folder, 'a.test.ts'), 'export {}\n')
    expect(await run(folder)).toMatchObject({ code: 1, stdout: expect.stringMatching(/^error MR640 {2}no test was run$/m) as string })
    expect(await run(folder, '--filter', '(')).toMatchObject({ code: 2, stderr: expect.stringContaining('MR601') as string })
  })

  it('writes golden files with --update, and compares without', async () => {
    const folder = project({
      ...rooms,
      'plan.test.ts': `import { test } from 'node:test'
import { expectGolden, planText } from 'millrace/testing'
import rooms from './rooms.job.js'
test('plan', () => expectGolden(planText(rooms), new URL('golden/plan.txt', import.meta.url)))
`,
    })
    expect(await run(folder)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('if that is meant: millrace test --update') as string,
    })
    expect(await run(folder, '--update')).toMatchObject({ code: 0 })
    expect(readFileSync(join(folder, 'golden/plan.txt'), 'utf8')).toContain('aggregate')
    expect(await run(folder)).toMatchObject({ code: 0 })
  })

  it('a test that never ends, and leaves a timer running, is given up', async () => {
    const text = `import { test } from 'node:test'\ntest('waits', async () => {\n  setInterval(() => {}, 1000)\n  await new Promise(() => {})\n})\n`
    const { code, stdout } = await run(project({ 'a.test.ts': text }), '--timeout', '2s')
    expect(code).toBe(1)
    expect(stdout).toMatch(/^a\.test\.ts\n {2}✗ .*\n {4}test timed out after 2000ms\n\n1 failed/)
    expect(await run(top, '--timeout', 'soon')).toMatchObject({ code: 1, stderr: expect.stringContaining('MR106') as string })
  })

  it('a file that throws while it is loaded has failed', async () => {
    const { code, stdout } = await run(project({ 'a.test.ts': `const rows: readonly number[] = []\nrows[0]!.toFixed()\n` }))
    expect(code).toBe(1)
    expect(stdout).toContain("Cannot read properties of undefined (reading 'toFixed')")
    expect(stdout).toContain('1 failed')
  })

  it.each([
    ['MR640', 'no tests', {}, []],
    ['MR640', 'a folder that is not there', {}, ['absent']],
    ['MR402', 'a syntax error', { 'a.test.ts': 'const a = \n}' }, []],
    ['MR405', 'an import that is not there', { 'a.test.ts': `import 'no-such-module'\nimport './nor-this.js'` }, []],
    ['MR642', 'a test for another runner', { 'a.test.ts': `import { test } from 'vitest'\ntest('x', () => {})` }, []],
  ] as const)('%s: %s', async (expected, _, files, args) => {
    const { code, stdout, stderr } = await run(project({ 'readme.md': '', ...files }), ...args)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain(`error ${expected}  `)
    expect(stderr).toMatch(/= try: {2}.{10,}/)
    if (expected === 'MR405') expect(stderr.match(/error MR405/g)).toHaveLength(2)
    if ('a.test.ts' in files) expect(stderr).toMatch(/a\.test\.ts:\d+:\d+/)
  })

  it('--watch runs again after each save, with what was mended', async () => {
    const folder = project({ ...rooms, 'rooms.test.ts': test(22) })
    const command = millrace(['test', '--watch'], { cwd: folder })
    await until('the failure', async () => /1 failed/.test(command.stdout()))
    writeFileSync(join(folder, 'rooms.test.ts'), test(23))
    await until('the success', async () => /1 passed/.test(command.stdout()))
    writeFileSync(join(folder, 'rooms.job.ts'), job.replace('max(r', 'mxa(r'))
    await until('the next failure', async () => /1 passed[\s\S]*1 failed/.test(command.stdout()))
    writeFileSync(join(folder, 'rooms.job.ts'), `${job}}`)
    await command.said(/error MR402/)
    command.process.kill('SIGTERM')
    expect((await command.done).code).toBe(0)
  })
})

/** Other releases of Node, as `npm run peers` obtains them. */
const nodes = [22, 24].map(release => ({ release, path: join(root, `.peers/node-${release}/node_modules/node/bin/node`) }))

describe.concurrent('millrace test on other releases of Node', () => {
  it.each(nodes)('Node $release says the same', async ({ path, release }) => {
    if (!existsSync(path)) return console.warn(`skipped: no Node ${release}; run \`npm run peers -- node-${release}\``)
    const cwd = project({ ...rooms, 'rooms.test.ts': test(22) })
    const env = { ...process.env, NO_COLOR: '1', NODE_OPTIONS: '', VITEST: '' }
    const { status, stdout } = spawnSync(path, [join(root, 'dist/src/cli/main.js'), 'test'], { cwd, env, encoding: 'utf8' })
    const here = await run(cwd)
    const plain = (text: string): string => text.replace(/ {2}\d+ ms/, '')
    expect(plain(stdout)).toBe(plain(here.stdout))
    expect(status).toBe(1)
  })
})
