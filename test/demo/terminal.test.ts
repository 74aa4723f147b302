import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { renderUnicodeCompact } from 'uqr'
import { describe, expect, test } from 'vitest'
import { withoutSlowness } from '../cli/command.js'
import { hasPython, inTerminal, type Session, type TerminalOptions } from '../cli/terminal.js'
import { freePort } from '../peers/free-port.js'

/** A demo with a folder of its own for temporary files, and what it left there. */
async function session(
  steps: TerminalOptions['steps'],
  args: readonly string[],
  env: Record<string, string> = {},
  columns = 200,
): Promise<Session & { readonly left: readonly string[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-terminal-'))
  const ended = await inTerminal(args, { columns, rows: 50, steps, env: { TMPDIR: folder, ...env } })
  const left = await readdir(folder)
  await rm(folder, { recursive: true, force: true })
  return { ...ended, left }
}

/** By the whole line: a row of a code that is full of small holes has no three blocks side by side. */
const isCode = (line: string): boolean => /^ *(?:██[█▀▄ ]+|▀+)$/.test(line)

// Not of those that anybody may be given while the job was killed or the broker is away.
const args = ['demo', '--http', `127.0.0.1:${await freePort()}`, '--amqp', `127.0.0.1:${await freePort()}`]

describe.skipIf(!hasPython)('the demo in a terminal (needs python3)', { timeout: 120_000 }, () => {
  test('obeys its keys, and gives the terminal back at q', async () => {
    const { text, code, raw, restored } = await session(
      [
        ['late burst.*· .*kill', 'l'],
        ['readings were sent 7 minutes late', ' '],
        ['The clock of the data stands still', ' '],
        ['The clock of the data goes on', 'u'],
        ['The AMQP broker was stopped', 'l'],
        ['keys now', 'u'],
        ['The broker is back', 'xk'],
        ['ended with SIGKILL', 'q'],
      ],
      args,
      { NO_COLOR: '1' },
    )
    expect({ code, raw, restored }).toEqual({ code: 0, raw: true, restored: true })
    expect(text).toMatch(/keys +space pause · l late burst · b bad message · d duplicates · u unplug the broker · k kill −9 and recover/)
    // A key that can do nothing now says what can be done; one that never does anything says nothing.
    expect(text.match(/keys now .*/g)).toEqual([expect.stringMatching(/space pause · u plug the broker in · k kill −9 and recover/)])
    expect(text).toMatch(/received \d+ = /)
    expect(text).not.toContain('\u001b[')
  })

  test('Ctrl-C ends it, colours and a QR code are for terminals', async () => {
    const { text, code, restored } = await session([['kill −9', '\u0003']], [...args, '--share', '127.0.0.2'])
    expect({ code, restored }).toEqual({ code: 0, restored: true })
    expect(text).toContain('\u001b[')
    const lines = stripVTControlCharacters(text).split(/\r?\n/)
    const from = lines.findIndex(isCode)
    const drawn = lines.slice(from, from + 17)
    // The addresses come after it, where they stay in sight.
    const [, origin, token = ''] = /^guests +(\S+)\/\?token=([0-9a-f]{32})$/.exec(lines[from + 17]!) ?? []
    expect(lines.slice(from + 18).join('\n')).toMatch(/^page +http:/m)
    const scanned = renderUnicodeCompact(`${origin}/${token}`.toUpperCase(), { border: 2 })
    expect(drawn.map(line => line.trimEnd().slice(11))).toEqual(scanned.split('\n').map(line => line.trimEnd()))
  })

  test('of 60 columns breaks between words, and its QR code is whole', async () => {
    const { text, code } = await session(
      [
        ['kill −9', 'l'],
        ['no result changed', 'q'],
      ],
      [...args, '--share', '127.0.0.2'],
      {},
      60,
    )
    expect(code).toBe(0)
    const lines = stripVTControlCharacters(text).split(/\r?\n/)
    // An address is not broken: it would be no link any more.
    for (const line of lines.filter(line => !line.includes('http://'))) expect(line.length, line).toBeLessThanOrEqual(60)
    expect(lines.filter(isCode)).toHaveLength(17)
    expect(lines.join('\n')).toMatch(/keys +space pause · l late burst · b bad message · d\n {11}duplicates/)
  })

  test('Ctrl-C amid a kill ends it in order, and leaves no process and no folder', async () => {
    const { text, code, restored, left } = await session(
      [
        ['late burst.*kill', 'k'],
        ['k?$', '\u0003'],
      ],
      args,
      { NO_COLOR: '1' },
    )
    expect({ code, restored, left }).toEqual({ code: 0, restored: true, left: [] })
    expect(withoutSlowness(text)).not.toMatch(/error|warning/)
  })
})
