import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { finished, main, root, started } from '../cli/command.js'

const folder = mkdtempSync(join(tmpdir(), 'millrace-init-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const init = (...args: readonly string[]) => finished(['init', ...args], { cwd: folder })

const sources = readdirSync(join(root, 'templates')).filter(name => name !== 'shared')

it('there is a template for files, AMQP and MQTT', () => expect(sources.sort()).toEqual(['amqp', 'file', 'mqtt']))

describe.each(sources)('a project that reads %s', source => {
  // Spaces and umlauts in its path; a broker that nobody answers for.
  const cwd = join(folder, `My ${source} Plänt`)
  const env = { MILLRACE_MQTT_URL: 'mqtt://127.0.0.1:1' }
  const name = `my-${source}-plant`

  it('is made whole', async () => {
    const made = await init(cwd, '--source', source)
    expect(made).toMatchObject({ code: 0 })
    expect(made.stderr.includes('MILLRACE_MQTT_URL')).toBe(source === 'mqtt')
    expect(readdirSync(cwd).sort()).toEqual([
      '.gitignore',
      '.vscode',
      'README.md',
      'dashboards',
      'data',
      `${name}.job.ts`,
      `${name}.test.ts`,
      'node_modules',
      'package.json',
      'tsconfig.json',
    ])
    expect(readFileSync(join(cwd, `${name}.job.ts`), 'utf8')).toContain(`job('${name}'`)
    for (const file of ['README.md', 'package.json', '.vscode/launch.json', `dashboards/${name}.json`])
      expect(readFileSync(join(cwd, file), 'utf8'), file).not.toContain('room-climate')
    for (const json of ['package.json', 'tsconfig.json', '.vscode/launch.json', `dashboards/${name}.json`])
      expect(() => JSON.parse(readFileSync(join(cwd, json), 'utf8')), json).not.toThrow()
  })

  it('is valid, its types are right, and it passes its test', async () => {
    const [valid, types, tested] = await Promise.all([
      finished(['validate', `${name}.job.ts`], { cwd, env }),
      started([process.execPath, 'node_modules/typescript/bin/tsc', '-p', '.'], { cwd }).done,
      started([process.execPath, 'node_modules/.bin/millrace', 'test'], { cwd }).done,
    ])
    expect(valid.code, valid.stderr).toBe(0)
    expect(valid.stderr).not.toContain('error')
    expect(types.stdout).toBe('')
    expect(tested.code, tested.stdout + tested.stderr).toBe(0)
  })

  it('gives results over its sample data, which ends now', async () => {
    const ran = await finished(['run', `${name}.job.ts`, '--read', 'readings=data/readings.csv', '--results', 'ndjson'], { cwd })
    expect(ran.code, ran.stderr).toBe(0)
    const rows = ran.stdout.trimEnd().split('\n')
    const peak = Math.max(...rows.map(row => (JSON.parse(row) as { readonly peak: number }).peak))
    expect(peak).toBe(30.8)
    const last = Date.parse((JSON.parse(rows.at(-1)!) as { readonly window_end: string }).window_end)
    expect(Math.abs(Date.now() - last)).toBeLessThan(10 * 60_000)
  })

  it('has a README whose commands and files exist', () => {
    const text = readFileSync(join(cwd, 'README.md'), 'utf8')
    const files = [...text.matchAll(/^\| `([^`]+)` \|/gm)].map(([, file]) => file!)
    expect(files.length).toBeGreaterThan(4)
    for (const file of files.filter(file => file !== '.millrace/')) expect(statSync(join(cwd, file)).isFile(), file).toBe(true)
  })
})

it('takes the file source, and the name of the folder, where nothing is said and nobody can be asked', async () => {
  const { code, stderr } = await init('plant')
  expect(code).toBe(0)
  expect(stderr).toMatch(/✓ plant: \d+ files/)
  expect(readFileSync(join(folder, 'plant', 'plant.job.ts'), 'utf8')).toContain("from 'millrace/file'")
})

describe('refuses', () => {
  it('a folder that holds files, and names them', async () => {
    const taken = join(folder, 'taken')
    mkdirSync(taken)
    writeFileSync(join(taken, 'mine.txt'), 'mine')
    const { code, stderr } = await init('taken')
    expect(code).toBe(1)
    expect(stderr).toMatch(/MR630 {2}taken holds mine\.txt/)
    expect(readdirSync(taken)).toEqual(['mine.txt'])
  })

  it('a file in the place of the folder', async () => {
    writeFileSync(join(folder, 'file.txt'), 'mine')
    expect(await init('file.txt')).toMatchObject({ code: 1, stderr: expect.stringMatching(/MR630 {2}file\.txt is a file/) })
    expect(await init('file.txt/plant')).toMatchObject({ code: 1, stderr: expect.stringContaining('MR630') })
  })

  it('a source, a name and an argument that it does not know, each with what it would take', async () => {
    const [source, name, more] = await Promise.all([
      init('nothing', '--source', 'mqt'),
      init('nothing', '--name', 'Mein Wärk'),
      init('one', 'two'),
    ])
    expect(source).toMatchObject({ code: 2, stderr: expect.stringMatching(/MR601[\s\S]*did you mean mqtt/) })
    expect(name).toMatchObject({ code: 1, stderr: expect.stringMatching(/MR632[\s\S]*--name mein-wark/) })
    expect(more).toMatchObject({ code: 2, stderr: expect.stringContaining('MR601') })
    for (const folders of ['nothing', 'one', 'two']) expect(readdirSync(folder)).not.toContain(folders)
  })

  // Nobody forbids root anything, unless it gives up the right to that.
  it.runIf(process.platform === 'linux')('a folder that cannot be written, and leaves nothing behind', async () => {
    const shut = join(folder, 'shut')
    mkdirSync(shut)
    chmodSync(shut, 0o555)
    const mortal = process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search'] : []
    for (const place of ['shut', 'shut/plant']) {
      const { code, stderr } = await started([...mortal, process.execPath, main, 'init', place, '--name', 'plant'], { cwd: folder }).done
      expect(code, stderr).toBe(1)
      expect(stderr).toMatch(/MR631 .*cannot be written/)
      expect(stderr).toContain('Choose a folder that you may write to')
    }
    expect(readdirSync(shut)).toEqual([])
  })

  it('to follow a link out of the folder over files that are there', async () => {
    const elsewhere = join(folder, 'elsewhere')
    mkdirSync(elsewhere)
    writeFileSync(join(elsewhere, 'mine.txt'), 'mine')
    symlinkSync(elsewhere, join(folder, 'link'))
    expect(await init('link')).toMatchObject({ code: 1, stderr: expect.stringContaining('link holds mine.txt') })
    expect(readdirSync(elsewhere)).toEqual(['mine.txt'])
  })
})
