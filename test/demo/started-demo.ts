import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JobSummary } from '../../src/model/api.js'
import type { DemoAction, DemoStatus, Happening } from '../../src/model/demo-status.js'
import { type Command, millrace } from '../cli/command.js'
import { freePort } from '../peers/free-port.js'
import { until } from '../support/until.js'

type Row = Readonly<Record<string, unknown>>

/** Ms that one step, and a test, may take on a machine that does much else: processes start and end in them. */
export const patience = { step: 90_000, test: 240_000 } as const

/** `millrace demo` as a person starts it, with a folder of its own for what it keeps meanwhile. */
export class StartedDemo {
  readonly command: Command
  readonly temporary: string
  readonly url: string

  private constructor(command: Command, temporary: string, url: string) {
    this.command = command
    this.temporary = temporary
    this.url = url
  }

  static async start(args: readonly string[] = [], temporary?: string): Promise<StartedDemo> {
    const folder = temporary ?? (await mkdtemp(join(tmpdir(), 'millrace-test-')))
    // A kill and an unplugged broker leave their ports alone for a moment: no other process of this machine may be given them.
    const ports = ['--http', `127.0.0.1:${await freePort()}`, '--amqp', `127.0.0.1:${await freePort()}`]
    const command = millrace(['demo', ...ports, ...args], { env: { TMPDIR: folder } })
    return new StartedDemo(command, folder, (await command.said(/page +(http:\S+)/))[1]!)
  }

  /** What the page asks for; undefined while nobody answers, as after a kill. */
  async #get<T>(path: string): Promise<T | undefined> {
    try {
      const answer = await fetch(`${this.url}/api/v1${path}`)
      return answer.ok ? ((await answer.json()) as T) : undefined
    } catch {
      return undefined
    }
  }

  get<T>(path: string): Promise<T> {
    return until(path, () => this.#get<T>(path), patience.step)
  }

  status(): Promise<DemoStatus> {
    return this.get('/demo')
  }

  async job(): Promise<JobSummary> {
    return (await this.get<readonly JobSummary[]>('/jobs'))[0]!
  }

  rows(view: string): Promise<readonly Row[]> {
    return this.get(`/views/${view}/rows.json?final=true`)
  }

  request(action: string, headers: Record<string, string> = { 'millrace-action': '1' }): Promise<Response> {
    return fetch(`${this.url}/api/v1/demo/${action}`, { method: 'POST', headers })
  }

  /** Does it and gives the happening once it shows. */
  async act(action: DemoAction): Promise<Happening> {
    const known = (await this.status()).happenings[0]?.id ?? 0
    // The process that is killed may be gone before its answer is.
    const answer = await this.request(action).catch((error: unknown) => {
      if (action !== 'kill') throw error
    })
    if (answer && !answer.ok) throw new Error(`${action}: ${await answer.text()}`)
    return this.happened(action, known)
  }

  /** The happening of this kind behind the one that is known, once it shows. */
  happened(action: DemoAction, known: number): Promise<Happening> {
    return until(
      action,
      async () => (await this.#get<DemoStatus>('/demo'))?.happenings.find(({ id, kind }) => id > known && kind === action),
      patience.step,
    )
  }

  /** The happening once its sentence says this, too. */
  saying(id: number, pattern: RegExp): Promise<string> {
    return until(
      String(pattern),
      async () => {
        const sentence = (await this.#get<DemoStatus>('/demo'))?.happenings.find(happening => happening.id === id)?.sentence
        return sentence !== undefined && pattern.test(sentence) ? sentence : undefined
      },
      patience.step,
    )
  }

  /** Folders of demos that are there. */
  async left(): Promise<readonly string[]> {
    return (await readdir(this.temporary)).filter(name => name.startsWith('millrace-demo-'))
  }

  async end(): Promise<{ readonly code: number | null; readonly stderr: string }> {
    this.command.process.kill('SIGINT')
    const { code, stderr } = await this.command.done
    return { code, stderr }
  }

  async remove(): Promise<void> {
    this.command.process.kill('SIGKILL')
    await this.command.done
    await rm(this.temporary, { recursive: true, force: true })
  }
}
