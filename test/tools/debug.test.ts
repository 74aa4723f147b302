import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { finished, millrace, started } from '../cli/command.js'
import { Debugger } from './debugger.js'

let folder: string
let file: string

beforeEach(async () => {
  folder = join(realpathSync(mkdtempSync(join(tmpdir(), 'millrace-debug-'))), 'My Plänt')
  const made = await finished(['init', folder, '--name', 'plant'], { cwd: tmpdir() })
  expect(made.code, made.stderr).toBe(0)
  file = join(folder, 'plant.job.ts')
  const text = readFileSync(file, 'utf8')
    .replace('where }', 'filterRows }')
    .replace('where(r => r.celsius.between(-40, 85)),', `filterRows('sane', r => {\n      ${check}\n      return true\n    }),`)
  writeFileSync(file, text)
})
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }))

const check = "if (r.celsius > 30.7) throw new Error('too hot')"
/** The line that holds this, from 1. */
const lineOf = (mark: string): number =>
  readFileSync(file, 'utf8')
    .split('\n')
    .findIndex(line => line.includes(mark)) + 1
const debugged = ['--inspect-brk', '--inspect-port', '127.0.0.1:0']

it('stops at a breakpoint in a row function, with the row at hand', async () => {
  const line = lineOf(check)
  const run = millrace(['run', 'plant.job.ts', '--read', 'readings=data/readings.csv', ...debugged], { cwd: folder })
  const attached = await Debugger.attach((await run.said(/listening on (ws:\S+)/))[1]!, [{ file, line }])
  const stop = await attached.stopped()
  expect(stop).toMatchObject({ file, line })
  expect(await attached.value(stop, 'r.celsius')).toBe(21)
  attached.close()
  const { code, stderr } = await run.done
  expect(code, stderr).toBe(0)
  // The line of the TypeScript file, as its author knows it.
  expect(stderr).toMatch(new RegExp(`MR161 'sane' threw: too hot[\\s\\S]*plant\\.job\\.ts:${line}:\\d+`))
})

it('stops again in the text that a save has made of it', async () => {
  const mark = "read('readings'"
  const dev = millrace(['dev', 'plant.job.ts', '--no-types', '--http', '127.0.0.1:0', '--amqp', '127.0.0.1:0', ...debugged], {
    cwd: folder,
  })
  const line = lineOf(mark)
  const attached = await Debugger.attach((await dev.said(/listening on (ws:\S+)/))[1]!, [{ file, line }])
  const stopsUntil = async (pattern: RegExp): Promise<void> => {
    let there = false
    const said = dev.said(pattern).then(() => (there = true))
    let stops = 0
    while (!there) {
      const stop = await Promise.race([attached.stopped(), said])
      if (stop === true) break
      expect(stop).toMatchObject({ file, line })
      stops++
      await attached.resume()
    }
    expect(stops).toBeGreaterThan(0)
  }
  await stopsUntil(/watching/)
  writeFileSync(file, readFileSync(file, 'utf8').replace('30.7', '30.8'))
  await stopsUntil(/reloaded in/)
  attached.close()
  dev.process.kill('SIGTERM')
  expect((await dev.done).code).toBe(0)
})

interface LaunchConfiguration {
  readonly request: 'launch' | 'attach'
  readonly program?: string
  readonly args?: readonly string[]
  readonly port?: number
  readonly [attribute: string]: unknown
}

/** What VS Code documents for `type: node`: https://github.com/microsoft/vscode-js-debug/blob/main/OPTIONS.md */
const always = ['type', 'request', 'name', 'cwd', 'sourceMaps', 'pauseForSourceMap', 'resolveSourceMapLocations', 'skipFiles']
const documented = {
  launch: [...always, 'program', 'args', 'console'],
  attach: [...always, 'port', 'address', 'restart', 'continueOnAttach'],
}

it('F5: launch.json says what VS Code knows, and starts a program that stops at a breakpoint of the job function', async () => {
  const text = readFileSync(join(folder, '.vscode', 'launch.json'), 'utf8').replaceAll(
    '${workspaceFolder}',
    JSON.stringify(folder).slice(1, -1),
  )
  const { version, configurations } = JSON.parse(text) as { version: string; configurations: readonly LaunchConfiguration[] }
  expect(version).toBe('0.2.0')
  for (const { request, ...attributes } of configurations) {
    expect(documented[request]).toEqual(expect.arrayContaining(Object.keys(attributes)))
    // The map of a job comes with its text. Node's debugger would let it run on meanwhile, as this one does not.
    expect(attributes).toMatchObject({ type: 'node', sourceMaps: true, pauseForSourceMap: true })
  }
  expect(configurations.find(({ request }) => request === 'attach')).toMatchObject({ port: 9229 })

  const { program, args, cwd } = configurations.find(({ request }) => request === 'launch')!
  const line = lineOf("read('readings'")
  const more = ['--no-types', '--http', '127.0.0.1:0', '--amqp', '127.0.0.1:0']
  const run = started([process.execPath, '--inspect-brk=127.0.0.1:0', program!, ...args!, ...more], { cwd: cwd as string })
  const attached = await Debugger.attach((await run.said(/listening on (ws:\S+)/))[1]!, [{ file, line }])
  // Node itself stands at the first line of the program.
  let stop = await attached.stopped()
  for (; stop.file !== file; stop = await attached.stopped()) await attached.resume()
  expect(stop).toMatchObject({ file, line })
  attached.close()
  await run.said(/watching/)
  run.process.kill('SIGTERM')
  expect((await run.done).code).toBe(0)
})
