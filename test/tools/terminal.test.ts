import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { finished } from '../cli/command.js'
import { hasPython, inTerminal, type Session } from '../cli/terminal.js'

const folder = mkdtempSync(join(tmpdir(), 'millrace-terminal-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const ctrlC = '\u0003'
const ctrlU = '\u0015'
const down = '\u001b[B'
const enter = '\r'
const name = 'What is the job called\\?'
const source = 'Where do its readings come from\\?'

type Steps = readonly (readonly [string, string])[]
const atTerminal = (args: readonly string[], steps: Steps, columns = 80): Promise<Session> =>
  inTerminal(args, { columns, rows: 24, steps, cwd: folder })
const plain = ({ text }: Session): string => stripVTControlCharacters(text).replaceAll('\r\n', '\n')
const jobOf = (project: string, job: string): string => readFileSync(join(folder, project, `${job}.job.ts`), 'utf8')

describe.skipIf(!hasPython)('init asks at a terminal (needs python3)', () => {
  it('for what was not said: Enter takes the name of the folder and a file', async () => {
    const session = await atTerminal(
      ['init', 'Hall 7'],
      [
        [name, enter],
        [source, enter],
      ],
    )
    expect(session, session.text).toMatchObject({ code: 0, restored: true, undone: 0 })
    expect(plain(session)).toMatch(/✓ hall-7: \d+ files\n {2}cd "Hall 7"\n {2}npx millrace dev hall-7\.job\.ts/)
    expect(jobOf('Hall 7', 'hall-7')).toContain("from 'millrace/file'")
  })

  it('again for a name that does not fit, and takes the source that was moved to', async () => {
    const session = await atTerminal(
      ['init', 'again'],
      [
        [name, `${ctrlU}My Job${enter}`],
        ['lower-case letters, digits and hyphens', `${ctrlU}pumps${enter}`],
        [source, down],
        ['●\\S* AMQP', enter],
      ],
    )
    expect(session, session.text).toMatchObject({ code: 0, restored: true, undone: 0 })
    expect(jobOf('again', 'pumps')).toContain("job('pumps'")
    expect(jobOf('again', 'pumps')).toContain("from 'millrace/amqp'")
  })

  it('nothing that was said', async () => {
    const named = await atTerminal(['init', 'named', '--name', 'plant'], [[source, enter]])
    expect(named, named.text).toMatchObject({ code: 0, undone: 0 })
    expect(named.text).not.toContain('What is the job called')
    const all = await atTerminal(['init', 'all', '--name', 'plant', '--source', 'mqtt'], [])
    expect(all, all.text).toMatchObject({ code: 0 })
    expect(jobOf('all', 'plant')).toContain("from 'millrace/mqtt'")
    const yes = await atTerminal(['init', 'yes', '--yes'], [])
    expect(yes, yes.text).toMatchObject({ code: 0 })
  })

  it.each([
    ['first', [[name, ctrlC]]],
    [
      'second',
      [
        [name, enter],
        [source, ctrlC],
      ],
    ],
    ['first, by Escape', [[name, '\u001b']]],
  ] as readonly [string, Steps][])('and leaves nothing behind where somebody goes at the %s question', async (_, steps) => {
    const session = await atTerminal(['init', 'left'], steps)
    expect(session, session.text).toMatchObject({ code: 130, restored: true, undone: 0 })
    expect(plain(session)).toMatch(/nothing was made\n$/)
    expect(existsSync(join(folder, 'left'))).toBe(false)
  })

  it('nothing where it could not go on anyway: a folder that holds files, a bad name', async () => {
    mkdirSync(join(folder, 'taken'))
    writeFileSync(join(folder, 'taken', 'mine.txt'), 'mine')
    const taken = await atTerminal(['init', 'taken'], [[name, ctrlC]])
    expect(taken).toMatchObject({ code: 1, undone: 1 })
    expect(plain(taken)).toMatch(/MR630 {2}taken holds mine\.txt/)
    expect(readdirSync(join(folder, 'taken'))).toEqual(['mine.txt'])
    const bad = await atTerminal(['init', 'bad', '--name', 'Bad Name'], [[name, ctrlC]])
    expect(bad).toMatchObject({ code: 1, undone: 1 })
    expect(plain(bad)).toMatch(/MR632[\s\S]*--name bad-name/)
  })
})

describe.skipIf(!hasPython)('list at a terminal (needs python3)', () => {
  it.each([80, 50])('is no wider than its %i columns, but for a word that is, and says all', async columns => {
    for (const subject of ['operators', 'sinks']) {
      const session = await atTerminal(['list', subject], [], columns)
      expect(session, session.text).toMatchObject({ code: 0 })
      const lines = plain(session).trimEnd().split('\n')
      for (const line of lines) if (line.trim().includes(' ')) expect(line.length, line).toBeLessThanOrEqual(columns)
      const { stdout } = await finished(['list', subject])
      const words = (text: string): readonly string[] => text.split(/\s+/).filter(Boolean)
      expect(words(plain(session))).toEqual(words(stdout))
    }
  })

  it('is one line each in a pipe', async () => {
    const { stdout } = await finished(['list', 'windows'])
    const things = JSON.parse((await finished(['list', 'windows', '--json'])).stdout) as readonly { readonly name: string }[]
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map(line => line.split(' ')[0]),
    ).toEqual(things.map(({ name }) => name))
  })
})
