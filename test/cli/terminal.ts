import { execFileSync, spawn } from 'node:child_process'
import { main, root } from './command.js'

/**
 * Runs a command in a terminal of its own and of a size; types what is due when it has said something, in order; sends a line to
 * stdout for each step that was done; tells at the end what was written and how the terminal was left.
 */
const terminal = `
import codecs, fcntl, json, os, pty, re, select, signal, struct, sys, termios, time
columns, rows, steps, argv = int(sys.argv[1]), int(sys.argv[2]), json.loads(sys.argv[3]), sys.argv[4:]
pid, fd = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))
    os.execv(argv[0], argv)
cooked = termios.tcgetattr(fd)[3] & termios.ICANON
text, seen, raw, end = '', 0, False, time.time() + 110
# A part may end amid a character: the kernel cuts what is longer than 2048 bytes, and a reader that is late hears 4095 at a time.
decoder = codecs.getincrementaldecoder('utf8')('replace')
while time.time() < end:
    if select.select([fd], [], [], 0.05)[0]:
        try:
            part = os.read(fd, 65536)
        except OSError:
            break
        if not part: break
        text += decoder.decode(part)
    found = steps and re.search(steps[0][0], text[seen:])
    if found:
        seen += found.end()
        raw = raw or not termios.tcgetattr(fd)[3] & termios.ICANON
        os.write(fd, steps[0][1].encode())
        steps = steps[1:]
        print(json.dumps({'left': len(steps)}), flush=True)
else:
    os.kill(pid, signal.SIGKILL)
status = os.waitpid(pid, 0)[1]
left = termios.tcgetattr(fd)[3] & termios.ICANON
code = os.waitstatus_to_exitcode(status)
print(json.dumps({'text': text, 'code': code, 'raw': raw, 'restored': bool(cooked and left), 'undone': len(steps)}))
`

/** What became of a command in a terminal. */
export interface Session {
  readonly text: string
  readonly code: number
  /** Keys were heard as they were typed, without a line's end. */
  readonly raw: boolean
  readonly restored: boolean
  /** Steps that never came. */
  readonly undone: number
}

export interface TerminalOptions {
  readonly columns: number
  readonly rows: number
  /** Waits for the pattern behind the last one's place, then types. */
  readonly steps: readonly (readonly [pattern: string, keys: string])[]
  /** Hears after each step how many are left. */
  readonly stepped?: (left: number) => void
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

/** Whether there is a python3 with pseudo terminals. */
export const hasPython = ((): boolean => {
  try {
    execFileSync('python3', ['-c', 'import pty, termios'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

/** Runs `millrace` in a terminal to its end. */
export async function inTerminal(
  args: readonly string[],
  { columns, rows, steps, stepped, cwd = root, env }: TerminalOptions,
): Promise<Session> {
  const { NO_COLOR: _, VITEST: __, NODE_OPTIONS: ___, ...inherited } = process.env
  const line = ['-c', terminal, String(columns), String(rows), JSON.stringify(steps), process.execPath, main, ...args]
  const child = spawn('python3', line, { cwd, env: { ...inherited, TERM: 'xterm-256color', ...env }, stdio: ['ignore', 'pipe', 'inherit'] })
  let out = ''
  child.stdout.on('data', (part: Buffer) => {
    out += part.toString()
    const lines = out.split('\n')
    out = lines.pop()!
    for (const each of lines) {
      const said = JSON.parse(each) as Session | { readonly left: number }
      if ('left' in said) stepped?.(said.left)
      else session = said
    }
  })
  let session: Session | undefined
  await new Promise(resolve => child.once('close', resolve))
  if (!session) throw new Error(`the terminal of ${args.join(' ')} ended without a word`)
  return session
}
