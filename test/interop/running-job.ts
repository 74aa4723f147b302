import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { DeadLetter, JobGraph, JobSummary } from '../../src/model/api.js'
import { type Command, type Finished, millrace, root } from '../cli/command.js'

export interface RunningJobOptions {
  /** A job file by its folder in `test` and its id; default `interop/identities`. */
  readonly job?: string
  readonly env: Record<string, string>
  /** The folder of an earlier run, to go on from. */
  readonly home?: string
  /** The job uses the embedded node of its process. */
  readonly embedded?: boolean
}

/** The built `millrace run` on a job of the tests, seen through its HTTP API. */
export class RunningJob {
  readonly home: string
  readonly #command: Command
  readonly #url: string
  readonly #id: string
  readonly #nodeUrl: string | undefined

  private constructor(command: Command, url: string, id: string, home: string, nodeUrl: string | undefined) {
    this.#command = command
    this.#url = url
    this.#id = id
    this.home = home
    this.#nodeUrl = nodeUrl
  }

  /** Resolves when its page answers. */
  static async start({ job = 'interop/identities', env, home, embedded = false }: RunningJobOptions): Promise<RunningJob> {
    const folder = home ?? (await mkdtemp(join(tmpdir(), 'millrace-run-')))
    const file = join(root, 'test', `${job}.job.ts`)
    const node = embedded ? ['--amqp', '127.0.0.1:0'] : []
    const args = ['run', file, '--http', '127.0.0.1:0', '--data', join(folder, 'data'), ...node]
    const command = millrace(args, { cwd: folder, env })
    const nodeUrl = embedded ? (await command.said(/AMQP node\s+(amqp:\/\/\S+)/))[1]! : undefined
    const url = (await command.said(/page\s+(http:\/\/\S+)/))[1]!.replace(/\/$/, '')
    return new RunningJob(command, url, basename(job), folder, nodeUrl)
  }

  /** The address of its embedded node. */
  get nodeUrl(): string {
    if (this.#nodeUrl === undefined) throw new Error('it was not started with an embedded node')
    return this.#nodeUrl
  }

  async #get<T>(path: string): Promise<T> {
    const answer = await fetch(`${this.#url}${path}`)
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as T
  }

  async summary(): Promise<JobSummary> {
    const jobs = await this.#get<JobSummary[]>('/api/v1/jobs')
    return jobs.find(({ id }) => id === this.#id)!
  }

  graph(): Promise<JobGraph> {
    return this.#get(`/api/v1/jobs/${this.#id}/graph`)
  }

  /** Final rows of the view. */
  rows(view = 'windows'): Promise<Record<string, unknown>[]> {
    return this.#get(`/api/v1/views/${view}/rows.json?final=true&limit=1000000`)
  }

  deadLetters(): Promise<DeadLetter[]> {
    return this.#get('/api/v1/dead-letters.json')
  }

  /** Takes the message of a dead letter in again. */
  async retry(id: string): Promise<DeadLetter> {
    const answer = await fetch(`${this.#url}/api/v1/dead-letters/${encodeURIComponent(id)}/retry`, {
      method: 'POST',
      headers: { 'millrace-action': '1' },
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(text)
    return JSON.parse(text) as DeadLetter
  }

  async metrics(): Promise<string> {
    return (await fetch(`${this.#url}/metrics`)).text()
  }

  /** SIGTERM, and how it ended. */
  async stop(): Promise<Finished> {
    this.#command.process.kill('SIGTERM')
    return this.#command.done
  }

  async kill(): Promise<void> {
    this.#command.process.kill('SIGKILL')
    await this.#command.done
  }

  /** Ends it if it runs, and removes its folder. */
  async dispose(): Promise<void> {
    await this.kill()
    await rm(this.home, { recursive: true, force: true })
  }
}
