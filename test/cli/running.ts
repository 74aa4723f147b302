import type { DeadLetter, JobSummary } from '../../src/model/api.js'
import { type Command, type Finished, millrace } from './command.js'

/** A started `millrace` with a page and a node of its own. */
export interface Running {
  readonly command: Command
  /** Address of the page and the API. */
  readonly http: string
  /** Address of the embedded node. */
  readonly amqp: string
  jobs(): Promise<readonly JobSummary[]>
  deadLetters(): Promise<readonly DeadLetter[]>
  rows(view: string): Promise<readonly Readonly<Record<string, unknown>>[]>
  /** SIGTERM, and the end of the process. */
  stop(): Promise<Finished>
}

/** Starts `millrace run` on free ports, and waits until page and node are announced. */
export async function running(args: readonly string[], options: Parameters<typeof millrace>[1] = {}): Promise<Running> {
  const command = millrace(['run', ...args, '--http', '127.0.0.1:0', '--amqp', '127.0.0.1:0'], options)
  const amqp = (await command.said(/AMQP node +(amqp:\S+)/))[1]!
  const http = (await command.said(/page +(http:\S+)/))[1]!
  const get = async <T>(path: string): Promise<T> => {
    const answer = await fetch(`${http}/api/v1${path}`)
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as T
  }
  return {
    command,
    http,
    amqp,
    jobs: () => get('/jobs'),
    deadLetters: () => get('/dead-letters.json'),
    rows: view => get(`/views/${view}/rows.json`),
    stop: () => {
      command.process.kill('SIGTERM')
      return command.done
    },
  }
}
