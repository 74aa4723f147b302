import { execFileSync, spawn } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import { root } from '../cli/command.js'

const main = join(root, 'dist', 'src', 'cli', 'main.js')

/** Runs a command in a terminal of its own, types what is due when it has said something, and tells how the terminal was left. */
const terminal = `
import fcntl, json, os, pty, re, select, struct, sys, termios, time
steps, columns, argv = json.loads(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
pid, fd = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 50, columns, 0, 0))
    os.execv(argv[0], argv)
cooked = termios.tcgetattr(fd)[3] & termios.ICANON
text, raw, end = '', False, time.time() + 110
while time.time() < end:
    if select.select([fd], [], [], 0.05)[0]:
        try:
            part = os.read(fd, 65536).decode('utf8', 'replace')
        except OSError:
            break
        if not part: break
        text += part
    if steps and re.search(steps[0][0], text):
        raw = raw or not termios.tcgetattr(fd)[3] & termios.ICANON
        os.write(fd, steps[0][1].encode())
        steps = steps[1:]
status = os.waitpid(pid, 0)[1]
left = termios.tcgetattr(fd)[3] & termios.ICANON
print(json.dumps({'text': text, 'code': os.waitstatus_to_exitcode(status), 'raw': raw, 'restored': bool(cooked and left)}))
`

interface Session {
  readonly text: string
  readonly code: number
  readonly raw: boolean
  readonly restored: boolean
  /** What the command left in its folder for temporary files. */
  readonly left: readonly string[]
}

const hasPython = ((): boolean => {
  try {
    execFileSync('python3', ['-c', 'import pty, termios'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

async function session(
  steps: readonly (readonly [string, string])[],
  args: readonly string[],
  env: Record<string, string> = {},
  columns = 200,
): Promise<Session> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-terminal-'))
  const { NO_COLOR, VITEST, NODE_OPTIONS, ...inherited } = process.env
  const child = spawn('python3', ['-c', terminal, JSON.stringify(steps), String(columns), process.execPath, main, ...args], {
    cwd: root,
    env: { ...inherited, TERM: 'xterm-256color', TMPDIR: folder, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let out = ''
  child.stdout.on('data', (part: Buffer) => {
    out += part.toString()
  })
  await new Promise(resolve => child.once('close', resolve))
  const left = await readdir(folder)
  await rm(folder, { recursive: true, force: true })
  return { ...(JSON.parse(out) as Omit<Session, 'left'>), left }
}

const args = ['demo', '--http', '127.0.0.1:0', '--amqp', '127.0.0.1:0']

describe.skipIf(!hasPython)('the demo in a terminal (needs python3)', { timeout: 120_000 }, () => {
  test('obeys its keys, and gives the terminal back at q', async () => {
    const { text, code, raw, restored } = await session(
      [
        ['late burst.*· .*kill', 'l'],
        ['readings were sent 7 minutes late', ' '],
        ['The clock of the data stands still', ' '],
        ['The clock of the data goes on', 'xk'],
        ['ended with SIGKILL', 'q'],
      ],
      args,
      { NO_COLOR: '1' },
    )
    expect({ code, raw, restored }).toEqual({ code: 0, raw: true, restored: true })
    expect(text).toMatch(/keys +space pause · l late burst · b bad message · d duplicates · u unplug the broker · k kill −9 and recover/)
    expect(text).toMatch(/received \d+ = /)
    expect(text).not.toContain('\u001b[')
  })

  test('Ctrl-C ends it, colours and a QR code are for terminals', async () => {
    const { text, code, restored } = await session([['kill −9', '\u0003']], [...args, '--share', '127.0.0.2'])
    expect({ code, restored }).toEqual({ code: 0, restored: true })
    expect(text).toContain('\u001b[')
    expect(text.split('\n').filter(line => /[█▀▄]{3}/.test(line)).length).toBeGreaterThan(15)
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
    expect(lines.filter(line => /[█▀▄]{3}/.test(line)).length).toBeGreaterThan(15)
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
    expect(text).not.toMatch(/error|warning/)
  })
})
