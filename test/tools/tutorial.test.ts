import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import type { JobSummary } from '../../src/model/api.js'
import { type Command, type Finished, finished, root, started } from '../cli/command.js'
import { hasChromium, launch, visit } from '../page/browser.js'
import { until } from '../support/until.js'
import { changed, type TutorialBlock, tutorialBlocks } from './tutorial-blocks.js'

const home = realpathSync(mkdtempSync(join(tmpdir(), 'millrace-tutorial-')))
afterAll(() => rmSync(home, { recursive: true, force: true }))

const blocks = tutorialBlocks()
const firing = { view: 'vibration', key: { pump: 'south' }, state: 'firing', since: Date.parse('2026-11-02T08:06:00Z') }

/** Who reads the tutorial and does what it says, with a home folder of their own. */
class Reader {
  /** Where the first terminal stands. */
  #folder = root
  #last: Finished = { code: 0, stdout: '', stderr: '' }
  #dev: Command | undefined
  url = ''

  get project(): string {
    return join(home, 'pumps')
  }

  get dev(): Command {
    if (!this.#dev) throw new Error('nothing runs yet')
    return this.#dev
  }

  async follow({ language, file, kind, text }: TutorialBlock): Promise<void> {
    if (kind === 'install') expect(text, 'what the tests themselves stand on').toBe('npm ci\n')
    else if (kind === 'dev') await this.#startDev(text)
    else if (language === 'sh') await this.#run(text)
    else if (language === 'text') expect(this.#last.stderr).toContain(text.trim())
    else if (language === 'diff') this.edit(file!, before => changed(before, text))
    else if (file !== undefined) writeFileSync(join(this.project, file), text)
    else throw new Error(`nobody follows a block of ${language}`)
  }

  edit(file: string, change: (text: string) => string): void {
    const path = join(this.project, file)
    const text = readFileSync(path, 'utf8')
    expect(change(text), file).not.toBe(text)
    writeFileSync(path, change(text))
  }

  async get<T>(path: string): Promise<T> {
    return (await (await fetch(`${this.url}/api/v1/${path}`)).json()) as T
  }

  /** As Ctrl-C does: all of the terminal's programs hear it. */
  async end(): Promise<void> {
    if (!this.#dev) return
    process.kill(-this.#dev.process.pid!, 'SIGINT')
    expect((await this.#dev.done).stderr).toContain('stopping')
  }

  #shell(text: string): readonly string[] {
    const aimed = text.replaceAll('http://127.0.0.1:8080', this.url || 'http://127.0.0.1:8080')
    return ['setsid', 'bash', '-c', `set -e\n${aimed}\npwd > "$HOME/.stands"`]
  }

  async #run(text: string): Promise<void> {
    this.#last = await started(this.#shell(text), { cwd: this.#folder, env: { HOME: home } }).done
    expect(this.#last.code, `${text}\n${this.#last.stdout}${this.#last.stderr}`).toBe(0)
    this.#folder = readFileSync(join(home, '.stands'), 'utf8').trim()
  }

  async #startDev(text: string): Promise<void> {
    this.#dev = started(this.#shell(text), { cwd: this.#folder, env: { HOME: home } })
    this.url = (await this.#dev.said(/page +(http:\S+)/))[1]!
    await this.#dev.said(/watching/)
  }

  output(): string {
    return this.#last.stdout
  }
}

const step = (name: string): readonly TutorialBlock[] => {
  const found = blocks.filter(({ heading }) => heading.startsWith(name))
  expect(found, name).not.toEqual([])
  return found
}

it('leads from an empty folder to an alert on the page, block by block', async () => {
  const reader = new Reader()
  try {
    for (const name of ['1.', '2.', '3.', '4.', '5.']) for (const block of step(name)) await reader.follow(block)
    await until('what was there is read', async () => (await reader.get<readonly JobSummary[]>('jobs'))[0]?.counts.received === 18)
    expect(await reader.get('alerts')).toEqual([])

    const [worse, alerts, rows] = step('6.')
    await reader.follow(worse!)
    await until('the alert', async () => (await reader.get<readonly object[]>('alerts')).length > 0)
    await reader.dev.said(/alert: pump south: 8\.6\d* mm\/s, above 7\.1 mm\/s since 08:06/)
    await reader.follow(alerts!)
    expect(JSON.parse(reader.output())).toMatchObject([firing])
    await reader.follow(rows!)
    expect(reader.output()).toContain('south,5.6,5.6,1,2026-11-02T08:04:00.000Z')
    if (hasChromium) await looksAt(reader.url)

    for (const block of step('7.')) await reader.follow(block)
    await reader.dev.said(/pumps\.job\.ts changed[\s\S]*reloaded in/)
    expect(await reader.get('jobs')).toMatchObject([{ counts: { received: 22 } }])
    expect(await reader.get('alerts')).toMatchObject([firing])
    const text = readFileSync(join(reader.project, 'pumps.job.ts'), 'utf8')
    reader.edit('pumps.job.ts', before => before.replace("'1m'", "'5m'"))
    await reader.dev.said(/MR421[\s\S]*drop[\s\S]*the former text runs on/)
    writeFileSync(join(reader.project, 'pumps.job.ts'), text)
    await reader.dev.said(/as it runs already/)
    reader.edit('dashboards/pumps.json', before => before.replace('"above": 7.1', '"above": 5'))
    await until('the new limit', async () => JSON.stringify(await reader.get('alerts')).includes('"above":5,'))

    for (const block of step('8.')) await reader.follow(block)
    expect(reader.output()).toContain('1 passed')
  } finally {
    await reader.end()
  }
}, 120_000)

/** The page says it in words, without an error of its own. */
async function looksAt(url: string): Promise<void> {
  const browser = await launch()
  try {
    const { page, faults } = await visit(browser, url)
    await page.getByText('1 firing').waitFor()
    await page.getByText('critical: bearing 8.60 mm/s, above 7.1 mm/s').waitFor()
    expect(faults).toEqual([])
  } finally {
    await browser.close()
  }
}

it('reads files that are written otherwise by what its table says', async () => {
  const cells = readFileSync(join(root, 'docs', 'tutorial.md'), 'utf8')
    .split('| In the file | In the job |')[1]!
    .split('\n\n')[0]!
  const code = [...cells.matchAll(/^\|(?!-).*?\| (.*) \|$/gm)].map(([, cell]) => [...cell!.matchAll(/`([^`]+)`/g)].map(([, text]) => text!))
  const [[written], [named], [gap], [times], [truth, words], [lines, , nested]] = code as [
    string[],
    string[],
    string[],
    string[],
    string[],
    string[],
  ]
  const job = (
    file: string,
    fields: string,
    decode: string,
  ) => `import { boolean, into, job, number, schema, text, timestamp, view } from 'millrace'
import { csv, file, json } from 'millrace/file'
const Reading = schema({ pump: text(), ${fields} })
export default job('other', ({ read }) => [read('readings', file({ path: '${file}', decode: ${decode} })).pipe(into(view('all')))])
`
  const rowsOf = async (path: string, data: string, fields: string, decode: string): Promise<readonly unknown[]> => {
    writeFileSync(join(home, path), data)
    writeFileSync(join(home, 'other.job.ts'), job(path, fields, decode))
    const { code, stdout, stderr } = await finished(['run', 'other.job.ts', '--no-http', '--reset', '--results', 'ndjson'], { cwd: home })
    expect(code, stderr).toBe(0)
    return stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as unknown)
  }
  const german = 'pump;Velocity [mm/s];measured;load;on\r\nSüd;2,1;02.11.2026 08:00:00;;TRUE\r\nNord;3;02.07.2026 08:00:00;0,5;FALSE\r\n'
  const decode = `${written!.slice(0, -3)}, ${/booleans: .*\]/.exec(words!)![0]} })`
  expect(await rowsOf('german.csv', german, `${named}, load: ${gap}, measured: ${times}, on: ${truth}`, decode)).toEqual([
    { result: 'all', pump: 'Süd', velocity: 2.1, load: null, measured: '2026-11-02T07:00:00.000Z', on: true },
    { result: 'all', pump: 'Nord', velocity: 3, load: 0.5, measured: '2026-07-02T06:00:00.000Z', on: false },
  ])
  expect(await rowsOf('nested.ndjson', '{"pump":"Süd","values":{"velocity":2.5}}\n', `velocity: number()${nested}`, lines!)).toEqual([
    { result: 'all', pump: 'Süd', velocity: 2.5 },
  ])
}, 60_000)

it('names lists and errors that there are', async () => {
  const page = readFileSync(join(root, 'docs', 'tutorial.md'), 'utf8')
  const subjects = [...page.matchAll(/millrace list (\w+)/g)].map(([, subject]) => subject!)
  for (const subject of subjects) expect((await finished(['list', subject])).code).toBe(0)
  const codes = [...page.matchAll(/millrace explain (MR\d+)/g)].map(([, code]) => code!)
  for (const code of codes) expect((await finished(['explain', code])).stdout).toContain(code)
})
