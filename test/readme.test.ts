import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bodyText, DeviceLink } from '../src/demo/device-link.js'
import type { JobSummary } from '../src/model/api.js'
import { systemTime } from '../src/runtime/seams/system-time.js'
import { finished, root } from './cli/command.js'
import { type Running, running } from './cli/running.js'
import { jsonMessage, sendAll } from './cli/sender.js'
import { until } from './support/until.js'

const readme = readFileSync(join(root, 'README.md'), 'utf8')
const scripts = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly scripts: Readonly<Record<string, string>> })
  .scripts
const blocks = [...readme.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language, text]) => ({ language: language!, text: text! }))
const commands = blocks
  .filter(({ language }) => language === 'sh')
  .flatMap(({ text }) => text.split('\n'))
  .map(line => line.replace(/\s+#.*$/, '').trim())
  .filter(line => line !== '')

/** Words of a command line; the README quotes nothing. */
const words = (line: string): readonly string[] => line.split(/\s+/)
const installs = commands.filter(line => line.startsWith('npm '))
const millraceLines = commands.filter(line => line.startsWith('npx millrace ')).map(line => words(line).slice(2))
const curls = commands.filter(line => line.startsWith('curl '))

/** The job of the README lies beside a TypeScript, as a reader's would. */
const folder = mkdtempSync(join(tmpdir(), 'millrace-readme-'))
mkdirSync(join(folder, 'node_modules'))
symlinkSync(join(root, 'node_modules', 'typescript'), join(folder, 'node_modules', 'typescript'), 'junction')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const snippets = blocks.filter(({ language }) => language === 'ts')
const senders = blocks.filter(({ language }) => language === 'js')
const jobFile = /^\/\/ (\S+\.job\.ts)$/m.exec(snippets[0]?.text ?? '')?.[1] ?? ''

describe('README', () => {
  beforeAll(() => writeFileSync(join(folder, jobFile), snippets[0]!.text))

  it('has no block or line that this test does not run', () => {
    expect(blocks.filter(({ language }) => !['sh', 'ts', 'js'].includes(language))).toEqual([])
    expect(senders).toHaveLength(1)
    expect(snippets).toHaveLength(1)
    expect(installs.length + millraceLines.length + curls.length).toBe(commands.length)
    expect(installs.length).toBeGreaterThan(0)
    expect(curls.length).toBeGreaterThan(0)
    for (const args of millraceLines)
      expect(args.includes(jobFile) || args.includes('--read') || args[0] === 'journal', args.join(' ')).toBe(true)
    expect(millraceLines.map(([command]) => command)).toEqual(['explain', 'validate', 'run', 'run', 'journal', 'replay'])
  })

  it('names scripts and files that are there', () => {
    const run = [...readme.matchAll(/npm (?:run (\w+)|(test))\b/g)].map(([, script, test]) => script ?? test!)
    expect(run.length).toBeGreaterThan(2)
    for (const script of run) expect(scripts, `npm run ${script}`).toHaveProperty(script)
    for (const line of installs) expect(line).toMatch(/^npm ci && npm (run \w+|test)$/)
    const links = [...readme.matchAll(/\]\(([^)#]+)\)/g)].map(match => match[1]!).filter(link => !link.startsWith('http'))
    for (const link of links) expect(existsSync(join(root, link)), link).toBe(true)
  })

  it('has a job of about 15 lines', () => {
    const lines = snippets[0]!.text.split('\n').filter(line => line.trim() !== '' && !line.startsWith('//'))
    expect(lines.length).toBeLessThanOrEqual(15)
  })

  it('explains and validates the job, types and all', async () => {
    for (const args of millraceLines.filter(([command]) => command === 'explain' || command === 'validate')) {
      const { code, stdout, stderr } = await finished(args, { cwd: folder })
      expect(code, stderr).toBe(0)
      if (args[0] === 'explain') for (const word of ['readings', 'climate', 'alerts', 'telemetry']) expect(stdout).toContain(word)
      else {
        expect(stderr).toMatch(new RegExp(`^ok +${jobFile}: types$`, 'm'))
        expect(stderr).not.toMatch(/error|warning/)
      }
    }
  })

  it('runs the job over a file instead of a broker', async () => {
    const overFiles = millraceLines.filter(args => args.includes('--read'))
    expect(overFiles).toHaveLength(1)
    const { code, stdout } = await finished(overFiles[0]!, { cwd: root })
    expect(code).toBe(0)
    const rows = stdout.trimEnd().split('\n')
    expect(rows.length).toBeGreaterThan(1_000)
    for (const row of rows) expect(JSON.parse(row)).toHaveProperty('result')
  })

  describe('runs the job', () => {
    let process: Running
    const alerts: unknown[] = []
    let link: DeviceLink

    beforeAll(async () => {
      const live = millraceLines.filter(([command, ...args]) => command === 'run' && !args.includes('--read'))
      expect(live).toEqual([['run', jobFile]])
      process = await running(live[0]!.slice(1), { cwd: folder })
      link = new DeviceLink(process.amqp, 'reader', systemTime)
      link.listen('alerts', 'queue', message => alerts.push(JSON.parse(bodyText(message))))
      const base = Date.UTC(2024, 5, 1)
      const reading = (id: number, seconds: number, room: string, celsius: number) =>
        jsonMessage({ room, celsius, at: new Date(base + seconds * 1_000).toISOString() }, String(id))
      const window = [reading(1, 1, 'kitchen', 30), reading(2, 2, 'kitchen', 31), reading(3, 5, 'attic', 20), reading(4, 9, 'attic', -80)]
      await sendAll(process.amqp, 'telemetry', [...window, reading(5, 75, 'attic', 20)])
      await until('rows', async () => ((await process.rows('climate')).length === 2 ? true : undefined))
    })
    afterAll(async () => {
      link.close()
      expect((await process.stop()).code).toBe(0)
      // State is kept where the README's reader would find it.
      expect(existsSync(join(folder, '.millrace', 'hot-rooms', 'snapshots'))).toBe(true)
    })

    it.each(curls)('%s', async line => {
      const [, address, ...rest] = words(line)
      expect(rest).toEqual([])
      const { pathname, search, origin } = new URL(address!)
      expect(origin).toBe('http://127.0.0.1:8080')
      const answer = await fetch(`${process.http}${pathname}${search}`)
      expect(answer.status).toBe(200)
      const text = await answer.text()
      if (pathname.endsWith('.csv')) {
        const [header, ...rows] = text.trimEnd().split(/\r?\n/)
        expect(header).toContain('room')
        expect(rows).toHaveLength(2)
        expect(text).toMatch(/kitchen.*30\.5/)
      } else {
        expect(JSON.parse(text)).toMatchObject([{ id: 'hot-rooms', state: 'running', counts: { received: 5, counted: 5 } }])
      }
    })

    it('tells of the hot room at its address', async () => {
      await until('the alert', () => (alerts.length > 0 ? true : undefined))
      expect(alerts).toEqual([expect.objectContaining({ room: 'kitchen', mean: 30.5, peak: 31, n: 2 })])
    })

    it('looks into its journal and takes it through the job again, while it runs', async () => {
      const answers = await Promise.all(
        millraceLines.filter(([command]) => command === 'journal' || command === 'replay').map(args => finished(args, { cwd: folder })),
      )
      expect(answers.map(({ code, stderr }) => `${code} ${code === 0 ? '' : stderr}`)).toEqual(['0 ', '0 '])
      expect(answers[0]!.stdout).toMatch(/^1 segment, \d+ entries, 5 messages/m)
      expect(answers[1]!.stdout).toMatch(/^[1-9]\d* results are the same, 0 changed, 0 came only before, 0 come only now$/m)
    })

    // Its time is the present one, which closes all windows: after what looks at them.
    it('takes the reading that the sender of the README sends', async () => {
      const received = async () => ((await (await fetch(`${process.http}/api/v1/jobs`)).json()) as JobSummary[])[0]!.counts.received
      const before = await received()
      const text = senders[0]!.text.replace('5672', new URL(process.amqp).port)
      const sender = spawnSync(execPath, ['--input-type=module', '-e', text], { cwd: root, encoding: 'utf8', timeout: 20_000 })
      expect([sender.status, sender.stderr]).toEqual([0, ''])
      await until('the message', async () => ((await received()) === before + 1 ? true : undefined))
    })

    it('serves the page', async () => {
      expect(await (await fetch(process.http)).text()).toContain('<html')
    })
  })
})
