import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { finished } from './command.js'
import { lived, someReadings, writeJob } from './lived-job.js'
import { running } from './running.js'

const folder = mkdtempSync(join(tmpdir(), 'millrace-journal-'))
const data = join(folder, 'data')
const job = writeJob(join(folder, 'jobs'))
beforeAll(async () => {
  await lived(job, data, someReadings(), 8)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const lines = (text: string): readonly Record<string, unknown>[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line) as Record<string, unknown>)

/** A copy of the data folder with one bit of a file altered, in its middle. */
function altered(name: string, of: string, ending: string): string {
  const copy = join(folder, name)
  cpSync(data, copy, { recursive: true })
  const file = join(copy, of, readdirSync(join(copy, of)).find(found => found.endsWith(ending))!)
  const bytes = readFileSync(file)
  const at = of === 'journal' ? 4_096 + 40 : bytes.length >> 1
  bytes[at] = bytes[at]! ^ 0x10
  writeFileSync(file, bytes)
  return copy
}

describe('journal', () => {
  it('ls: segments and their sum', async () => {
    const { code, stdout } = await finished(['journal', 'ls', data])
    expect(code).toBe(0)
    const [head, first, sum] = stdout.split('\n')
    expect(head).toMatch(/^segment +epoch +entries +messages +from +to +size$/)
    expect(first).toMatch(/^\d{10}-\d{16}\.seg +1 +1…\d+ +8 +20\S+Z +20\S+Z +[\d.]+ KiB$/)
    expect(sum).toMatch(/^1 segment, \d+ entries, 8 messages, \d+ notes?, [\d.]+ KiB$/)
    const json = JSON.parse((await finished(['journal', 'ls', data, '--json'])).stdout) as { readonly segments: readonly object[] }
    expect(json).toMatchObject({ total: { segments: 1, messages: 8 }, segments: [{ epoch: 1, entries: { first: 1 } }] })
  })

  it('cat: entries with samples and notes, a line each; stretches; bytes', async () => {
    const { code, stdout } = await finished(['journal', 'cat', data])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^ +1 {2}20\S+Z {2}hello readings$/m)
    expect(stdout).toMatch(/^ +from here: bundle [0-9a-f]{32}$/m)
    expect(stdout).toMatch(/^ +acknowledged: alerts up to entry \d+, row \d+$/m)
    expect(stdout).toContain('{"room":"hall","celsius":31,"at":"2024-01-01T00:00:02.000Z"}')
    const longest = Math.max(...[...stdout.matchAll(/(\d+) messages?, /g)].map(([, messages]) => Number(messages)))
    if (longest > 5) expect(stdout).toMatch(new RegExp(`… ${longest - 5} more$`, 'm'))
    const all = lines((await finished(['journal', 'cat', data, '--json'])).stdout)
    expect(all.filter(({ kind }) => kind === 'chunk').reduce((sum, { messages }) => sum + (messages as number), 0)).toBe(8)
    const samples = all.flatMap(item => (item['samples'] as readonly string[] | undefined) ?? [])
    expect(samples).toContain('no reading')
    const raw = lines((await finished(['journal', 'cat', data, '--json', '--bytes'])).stdout)
    const messages = raw.flatMap(item => (item['raw'] as readonly string[] | undefined) ?? [])
    expect(messages.map(text => Buffer.from(text, 'base64').toString('latin1')).filter(text => text.includes('no reading'))).toHaveLength(1)
    const part = lines((await finished(['journal', 'cat', data, '--json', '--from', '2', '--to', '2'])).stdout)
    expect(part.filter(item => 'wall' in item).map(({ entry }) => entry)).toEqual([2])
  })

  it('verify: what is whole, and from what a start would go on', async () => {
    const { code, stdout } = await finished(['journal', 'verify', data])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^whole +journal\/\S+\.seg {2}entries 1…\d+, 8 messages/m)
    expect(stdout).toMatch(/^whole +snapshots\/\S+\.snapshot {2}snapshot behind entry \d+, with \d side files?$/m)
    expect(stdout).toMatch(/^whole +identity\.json {2}names the journal: [0-9a-f]{8,}$/m)
    expect(stdout).toMatch(/^whole +bundles\/[0-9a-f]{32}\.mjs {2}bundle$/m)
    expect(stdout).toMatch(/^whole +dead-letters\.ndjson {2}1 dead letter$/m)
    expect(stdout).toMatch(/^whole +a start makes the state again from the snapshot behind entry \d+: no entry is taken in once more$/m)
  })

  it('verify names the place of damage, in the journal, a snapshot, a side file, a bundle, the dead letters', async () => {
    const findings = async (copy: string) => {
      const { code, stdout } = await finished(['journal', 'verify', copy])
      return `${code} ${stdout.split('\n').find(line => line.startsWith('damaged'))}`
    }
    expect(await findings(altered('bad-journal', 'journal', '.seg'))).toMatch(/^1 damaged journal\/\S+\.seg {2}MR442 .*byte \d+/)
    expect(await findings(altered('bad-snapshot', 'snapshots', '.snapshot'))).toMatch(/^1 damaged snapshots\/\S+\.snapshot {2}\S/)
    expect(await findings(altered('bad-side', 'snapshots', '.side'))).toMatch(/^1 damaged snapshots\/\S+\.snapshot {2}.*side file/)
    const nameless = join(folder, 'bad-name')
    cpSync(data, nameless, { recursive: true })
    writeFileSync(join(nameless, 'identity.json'), '{')
    expect(await findings(nameless)).toMatch(/^1 damaged identity\.json {2}\S/)
    expect(await findings(altered('bad-bundle', 'bundles', '.mjs'))).toMatch(/^1 damaged bundles\/\S+\.mjs {2}.*checksum/)
    expect(await findings(altered('bad-letters', '.', 'dead-letters.ndjson'))).toMatch(
      /^1 damaged dead-letters\.ndjson {2}1 line is damaged/,
    )
    const json = await finished(['journal', 'verify', join(folder, 'bad-journal'), '--json'])
    expect(json.code).toBe(1)
    expect(JSON.parse(json.stdout)).toMatchObject({ ok: false, segments: [{ damage: { code: 'MR442' } }] })
  })

  it('finds the folder from the one above it, and says which there are', async () => {
    const above = join(folder, 'above')
    mkdirSync(above)
    cpSync(data, join(above, 'rooms'), { recursive: true })
    expect((await finished(['journal', 'ls', above])).code).toBe(0)
    cpSync(data, join(above, 'halls'), { recursive: true })
    const several = await finished(['journal', 'ls', above])
    expect(several.code).toBe(1)
    expect(several.stderr).toMatch(/MR465 .* holds the journals of halls, rooms/)
    expect((await finished(['journal', 'ls', folder.concat('-nowhere')])).stderr).toContain('MR465')
  })

  it('works while the job runs, and leaves it alone', async () => {
    const own = join(folder, 'running')
    cpSync(data, own, { recursive: true })
    const process = await running([job, '--data', own])
    const [ls, cat, verify] = await Promise.all(['ls', 'cat', 'verify'].map(command => finished(['journal', command, own])))
    expect([ls!.code, cat!.code, verify!.code]).toEqual([0, 0, 0])
    expect(ls!.stdout).toMatch(/2 segments/)
    const [summary] = await process.jobs()
    expect(summary).toMatchObject({ counts: { received: 8 } })
    expect((await process.stop()).code).toBe(0)
  })
})
