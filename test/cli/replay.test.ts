import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { finished } from './command.js'
import { lived, someReadings, writeJob } from './lived-job.js'

const folder = mkdtempSync(join(tmpdir(), 'millrace-replay-'))
const data = join(folder, 'data')
const job = writeJob(join(folder, 'jobs'))
let live = ''
beforeAll(async () => {
  live = (await lived(job, data, someReadings(), 8)).stdout
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Lines in any order: outputs of several sinks leave the live job side by side. */
const sorted = (text: string): readonly string[] => text.split('\n').sort()

/** Every file below a folder with its content. */
const contents = (path: string): readonly (readonly [string, string])[] =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => [join(entry.parentPath, entry.name), readFileSync(join(entry.parentPath, entry.name), 'base64')] as const)

describe('replay', () => {
  it('prints what the job gave, names its dead letters and its stretch, and touches nothing', async () => {
    const before = contents(data)
    const { code, stdout, stderr } = await finished(['replay', job, '--data', data])
    expect(code).toBe(0)
    expect(live).not.toBe('')
    expect(sorted(stdout)).toEqual(sorted(live))
    expect(stderr).toMatch(/dead letter entry \d+ readings MR201/)
    expect(stderr).toMatch(/rooms: entries 1…\d+, 20\S+Z to 20\S+Z, from the beginning of the journal/)
    expect(stderr).toMatch(/8 messages, 6 results, 0 late, 1 duplicate, 1 dead letter$/m)
    expect(contents(data)).toEqual(before)
  })

  it('twice gives the same bytes, into a file too; --json sums up', async () => {
    const file = join(folder, 'again.ndjson')
    const first = await finished(['replay', job, '--data', data])
    const second = await finished(['replay', job, '--data', data, '--into', file, '--json'])
    expect(second).toMatchObject({ code: 0, stdout: '' })
    expect(readFileSync(file, 'utf8')).toBe(first.stdout)
    const summary = JSON.parse(second.stderr.trimEnd().split('\n').at(-1)!) as unknown
    expect(summary).toMatchObject({
      job: 'rooms',
      first: 1,
      beginning: { from: 'fresh', whole: true },
      counts: { received: 8, results: 6 },
    })
  })

  it('shows as many dead letters as were asked for, and counts the others', async () => {
    const { code, stderr } = await finished(['replay', job, '--data', data, '--show', '0'])
    expect(code).toBe(0)
    expect(stderr).not.toContain('dead letter entry')
    expect(stderr).toContain('… and 1 more dead letter: --show 1 shows all')
    expect(await finished(['replay', job, '--data', data, '--show', 'many'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--show 'many' is no count"),
    })
  })

  it('of a stretch says with what state it began', async () => {
    const { code, stderr, stdout } = await finished(['replay', job, '--data', data, '--from', '2'])
    expect({ code, results: stdout.split('\n').length - 1 }).toEqual({ code: 0, results: 6 })
    expect(stderr).toContain('with fresh state: windows that were open then hold only what followed')
    const nothing = await finished(['replay', job, '--data', data, '--from', '2099-01-01'])
    expect(nothing.code).toBe(1)
    expect(nothing.stderr).toContain('MR462')
  })

  it('--compare: the same job exits 0, an edited one 1 with the differences', async () => {
    const same = await finished(['replay', job, '--data', data, '--compare'])
    expect(same).toMatchObject({ code: 0, stdout: '6 results are the same, 0 changed, 0 came only before, 0 come only now\n' })
    const edited = writeJob(join(folder, 'edited'), { limit: 32, where: '\n    where(r => r.celsius.ne(31)),' })
    const differs = await finished(['replay', edited, '--data', data, '--compare'])
    expect(differs.code).toBe(1)
    expect(differs.stdout).toContain('~ climate  rooms/climate/["hall"]/1704067200000/1704067260000/0\n    n: 2 → 1\n    peak: 31 → 20\n')
    expect(differs.stdout).toMatch(/^- alerts {2}rooms\/climate\/\["hall"\]\/1704067200000\/1704067260000\/0\n {4}.*peak 31/m)
    expect(differs.stdout).toMatch(/4 results are the same, 1 changed, 1 came only before, 0 come only now\n$/)
    const json = await finished(['replay', edited, '--data', data, '--compare', '--json', '--show', '1'])
    expect(json.code).toBe(1)
    expect(JSON.parse(json.stdout)).toMatchObject({
      same: 4,
      changed: 1,
      onlyBefore: 1,
      onlyNow: 0,
      differences: [{ kind: 'changed', before: { peak: 31 }, now: { peak: 20 } }],
    })
    const few = await finished(['replay', edited, '--data', data, '--compare', '--show', '1'])
    expect(few.stdout).toContain('… and 1 more: --show 2 shows all')
  })

  it('refuses what it cannot do, with the remedy', async () => {
    const refused = async (...args: readonly string[]) => {
      const { code, stderr } = await finished(['replay', job, ...args])
      return `${code} ${stderr}`
    }
    expect(await refused('--data', folder, '--from', 'yesterday')).toMatch(
      /^2 error MR601 {2}--from 'yesterday' is neither an entry nor a time/,
    )
    expect(await refused('--data', join(folder, 'nowhere'))).toMatch(/^1 error MR465 {2}there is no journal in/)
    const other = join(folder, 'hall.job.ts')
    writeFileSync(other, readFileSync(job, 'utf8').replace("job('rooms'", "job('hall'"))
    for (const command of ['replay', 'drain', 'run']) {
      const { code, stderr } = await finished([
        command,
        other,
        '--data',
        data,
        ...(command === 'run' ? ['--no-http', '--amqp', '127.0.0.1:0'] : []),
      ])
      expect(`${code} ${stderr}`, command).toMatch(/^1 error MR465 {2}\S+ holds the journal of 'rooms', not of 'hall'\n/)
      expect(stderr, command).toContain("name the data folder of 'hall', or the job file of 'rooms'")
    }
    expect(await refused('--data', data, '--compare', '--into', 'x')).toMatch(/^2 error MR601 {2}--compare prints to stdout/)
    expect(await refused('--data', data, '--compare', '--show', 'all')).toMatch(/^2 error MR601 {2}--show 'all' is no count/)
    expect(await refused('--data', data, '--into', join(folder, 'no', 'such', 'file'))).toMatch(
      /^2 error MR601 {2}--into .* cannot be written/,
    )
  })

  it('leaves a file that an earlier replay wrote alone until there is a stretch, and says where a disk takes no more', async () => {
    const earlier = join(folder, 'earlier.ndjson')
    writeFileSync(earlier, 'what it gave')
    const mistyped = await finished(['replay', job, '--data', data, '--from', '99999', '--into', earlier])
    expect(mistyped).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error MR462 {2}/) })
    expect(readFileSync(earlier, 'utf8')).toBe('what it gave')
    if (!existsSync('/dev/full')) return
    const full = await finished(['replay', job, '--data', data, '--into', '/dev/full'])
    expect(full).toMatchObject({ code: 2, stderr: expect.stringMatching(/^error MR601 {2}--into \/dev\/full cannot be written: ENOSPC/m) })
  })
})
