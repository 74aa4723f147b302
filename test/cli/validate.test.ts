import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { finished, millrace, root } from './command.js'

const folder = mkdtempSync(join(tmpdir(), 'millrace-validate-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A folder with TypeScript, and one without. */
const typed = join(folder, 'typed')
const plain = join(folder, 'plain')
for (const path of [join(typed, 'node_modules'), plain]) mkdirSync(path, { recursive: true })
symlinkSync(join(root, 'node_modules', 'typescript'), join(typed, 'node_modules', 'typescript'), 'junction')

interface Parts {
  readonly id?: string
  readonly url?: string
  readonly field?: string
  readonly second?: string
}

const file = (path: string, { id = 'rooms', url, field = 'celsius', second = '' }: Parts = {}): string => {
  writeFileSync(
    path,
    `import { aggregate, count, into, job, max, merge, number, schema, text, tumbling, view } from 'millrace'
import { amqp, json } from 'millrace/amqp'
const Reading = schema({ room: text(), celsius: number() })
export default job('${id}', ({ read }) => {
  const readings = read('readings', amqp({ address: 'telemetry', ${url ? `url: '${url}', ` : ''}decode: json(Reading) }))
  ${second}
  const climate = readings.pipe(aggregate('climate', { by: r => ({ room: r.room }), over: tumbling('1m') }, { peak: max(r => r.${field}), n: count() }))
  return [climate.pipe(into(view('climate')))${second ? `, other.pipe(into(view('other')))` : ''}]
})
`,
  )
  return path
}

interface Report {
  readonly ok: boolean
  readonly findings: readonly {
    readonly level: string
    readonly job: string
    readonly message: string
    readonly code?: string
    readonly hint?: string
  }[]
}
const report = (...args: readonly string[]) => reportIn(root, ...args)
const reportIn = async (cwd: string, ...args: readonly string[]): Promise<Report & { readonly code: number | null }> => {
  const { code, stdout, stderr } = await finished(['validate', '--json', ...args], { cwd })
  expect(stderr).toBe('')
  return { ...(JSON.parse(stdout) as Report), code }
}

describe.concurrent('validate', () => {
  it('passes the jobs of the project, and says what it checked', async () => {
    const jobs = ['mote-climate', 'thermostat', 'max-temperature'].map(name => `jobs/${name}.job.ts`)
    const results = await Promise.all(jobs.map(job => finished(['validate', job])))
    for (const [i, { code, stdout, stderr }] of results.entries()) {
      expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
      expect(stderr).toMatch(new RegExp(`^ok +${jobs[i]}: job \\S+, \\d+ nodes, 1 source, \\d views and sinks$`, 'm'))
      expect(stderr).toMatch(new RegExp(`^ok +${jobs[i]}: types$`, 'm'))
      expect(stderr).toMatch(/will use the embedded AMQP node/)
    }
  })

  it('says what to do about a file whose cells are divided by semicolons', async () => {
    const data = join(plain, 'cells.csv')
    writeFileSync(data, 'room;celsius\nhall;20,5\n')
    const path = join(plain, 'cells.job.ts')
    writeFileSync(
      path,
      `import { into, job, number, schema, text, view } from 'millrace'
import { csv, file } from 'millrace/file'
const Reading = schema({ room: text(), celsius: number() })
export default job('cells', ({ read }) => [read('readings', file({ path: ${JSON.stringify(data)}, decode: csv(Reading) })).pipe(into(view('all')))])
`,
    )
    const { findings, code } = await report(path)
    expect(code).toBe(1)
    expect(findings).toContainEqual({
      level: 'error',
      job: 'cells/readings',
      message: `cells/readings: ${data} has no column \`room\`, \`celsius\``,
      code: 'MR217',
      notes: ['columns of the file: room;celsius'],
      hint: "did you mean delimiter ';'? csv(Schema, { delimiter: ';' }), or --delimiter ';' beside --read",
    })
  })

  it('checks types where TypeScript is there', async () => {
    const good = await report(file(join(typed, 'good.job.ts')))
    expect(good).toMatchObject({ ok: true, code: 0 })
    expect(good.findings.some(({ message }) => message.endsWith('good.job.ts: types'))).toBe(true)
    const path = join(typed, 'bad.job.ts')
    // It loads and runs; only its types are wrong.
    writeFileSync(file(path), `const lift: number = 'three'\nexport const floor = lift\n`, { flag: 'a' })
    const bad = await report(path)
    expect(bad).toMatchObject({ ok: false, code: 1 })
    expect(bad.findings.find(({ level }) => level === 'error')).toMatchObject({
      code: 'MR609',
      message: expect.stringContaining('TS2322') as string,
    })
  })

  it('knows what Node gives, as an editor does', async () => {
    const path = file(join(typed, 'node.job.ts'), { second: "if (process.env['ROOM']) console.warn('a room'); const other = readings" })
    const { ok, findings } = await report(path)
    expect(findings.filter(({ code }) => code === 'MR609')).toEqual([])
    expect(ok).toBe(true)
  })

  it('says so where TypeScript is not there', async () => {
    const { ok, findings } = await report(file(join(plain, 'untyped.job.ts')))
    expect(ok).toBe(true)
    expect(findings.map(({ message }) => message).join('\n')).toMatch(
      /types not checked: typescript does not resolve from .*; npm install --save-dev typescript/,
    )
  })

  it('a job that does not load has its dashboard checked as far as that goes, and says how far', async () => {
    const cwd = join(folder, 'broken')
    mkdirSync(join(cwd, 'dashboards'), { recursive: true })
    const definition = 'dashboards/rooms.json'
    const write = (name: string, text: string) => writeFileSync(join(cwd, name), text)
    const warned = {
      level: 'warning',
      message: `${definition}: not compared with the views of rooms, because the job could not be loaded`,
    }
    file(join(cwd, 'rooms.job.ts'), { field: 'celcius' })
    write(definition, '{ "title": "Rooms", "panels": [{ "line": "nothing.here" }] }')
    const sound = await reportIn(cwd, 'rooms.job.ts')
    expect(sound).toMatchObject({ ok: false, code: 1 })
    expect(sound.findings.map(({ code }) => code)).toEqual(['MR110', undefined])
    expect(sound.findings).toContainEqual(expect.objectContaining(warned))

    write(definition, '{ "title": "Rooms", "pannels": [] }')
    // Its text does not parse, so that only the file's name tells which dashboard is meant.
    write('rooms.job.ts', 'export default job(')
    const both = await reportIn(cwd, 'rooms.job.ts')
    expect(both.findings).toContainEqual(expect.objectContaining({ code: 'MR530', hint: 'did you mean "panels"?' }))
    expect(both.findings).toContainEqual(expect.objectContaining(warned))

    write('other.job.ts', 'export default job(')
    expect((await reportIn(cwd, 'other.job.ts')).findings).toContainEqual(
      expect.objectContaining({
        level: 'warning',
        message: 'dashboards: dashboards were not checked, because the job could not be loaded',
      }),
    )
    const missing = await reportIn(cwd, 'missing.job.ts')
    expect(missing.findings.map(({ level, code }) => [level, code])).toEqual([['error', 'MR401']])
  })

  it('a broker that is away is a warning, and an error with --strict', async () => {
    const path = file(join(plain, 'away.job.ts'), { url: 'amqp://127.0.0.1:1' })
    expect(await report(path)).toMatchObject({
      ok: true,
      code: 0,
      findings: expect.arrayContaining([expect.objectContaining({ level: 'warning', code: 'MR307' })]) as unknown,
    })
    const strict = await report('--strict', path)
    expect(strict).toMatchObject({ ok: false, code: 1 })
    expect(strict.findings.find(({ level }) => level === 'error')).toMatchObject({
      code: 'MR307',
      hint: expect.stringContaining('Start the broker') as string,
    })
  })

  it('a broker that answers is named', async () => {
    const broker = millrace(['broker', '--listen', '127.0.0.1:0'])
    const url = (await broker.said(/AMQP node +(amqp:\S+)/))[1]!
    const { ok, findings } = await report('--strict', file(join(plain, 'there.job.ts'), { url }))
    broker.process.kill('SIGTERM')
    expect(ok).toBe(true)
    expect(findings.at(-1)!.message).toContain(`${url} answered as`)
    expect((await broker.done).code).toBe(0)
  })

  it('refuses two sources of one job on one queue, and warns of two jobs', async () => {
    const second = `const other = read('others', amqp({ address: 'telemetry', decode: json(Reading) }))`
    const one = await report(file(join(plain, 'twice.job.ts'), { second }))
    expect(one).toMatchObject({ ok: false, code: 1 })
    expect(one.findings.find(({ code }) => code === 'MR607')).toMatchObject({
      level: 'error',
      message: expect.stringContaining('telemetry') as string,
    })
    const two = await report(file(join(plain, 'one.job.ts'), { id: 'one' }), file(join(plain, 'two.job.ts'), { id: 'two' }))
    expect(two).toMatchObject({ ok: true, code: 0 })
    expect(two.findings.find(({ code }) => code === 'MR608')).toMatchObject({ level: 'warning' })
  })
})
