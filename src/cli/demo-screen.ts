import pc from 'picocolors'
import type { DemoStatus } from '../model/demo-status.js'
import type { DemoBroker } from './demo-broker.js'
import type { WorkerReady } from './demo-messages.js'
import type { ProcessOptions } from './process-options.js'
import { type Invitation, invite } from './share-invitation.js'
import { wrapLine } from './wrap-line.js'

interface Welcome {
  readonly ready: WorkerReady
  readonly broker: DemoBroker | undefined
  readonly guests: Invitation | undefined
  readonly job: string
  readonly actions: DemoStatus['actions']
}

/** What a demo shows in the terminal, on stderr. */
export class DemoScreen {
  readonly #say: (text: string, indent?: number) => void

  readonly #how: Pick<ProcessOptions, 'quiet' | 'json'>

  constructor(how: Pick<ProcessOptions, 'quiet' | 'json'>) {
    this.#how = how
    this.#say = (text, indent = 2) => {
      if (!how.quiet && !how.json) process.stderr.write(`${wrapLine(text, process.stderr.columns, indent)}\n`)
    }
  }

  welcome({ ready, broker, guests, job, actions }: Welcome): void {
    // Before the page's own address, which must not scroll away under a QR code.
    if (guests && ready.sharedAt) invite(guests, ready.sharedAt.url, this.#how)
    const taken = ready.taken === null ? undefined : `port ${ready.taken} is taken; a free one was found`
    if (ready.url !== null) {
      this.#line('page', pc.cyan(pc.bold(ready.url)), taken)
      if (ready.view !== null) this.#line('rows', `curl ${ready.url}/api/v1/views/${ready.view}/rows.csv`)
    }
    if (broker) this.#line('AMQP node', broker.url, broker.hint)
    this.#line('job', `jobs/${job}.job.ts  ${pc.dim('Ctrl-C ends it')}`)
    if (process.stdin.isTTY) this.keys('keys', actions)
  }

  /** Which keys do something. */
  keys(name: string, actions: DemoStatus['actions']): void {
    this.#line(name, actions.map(({ key, title }) => `${pc.bold(key)} ${pc.dim(title)}`).join(pc.dim(' · ')))
  }

  happened(title: string, sentence: string, more: boolean): void {
    this.#say(more ? `${pc.green('✓')} ${sentence}` : `${pc.green('●')} ${pc.bold(title)}  ${sentence}`)
  }

  device(line: string): void {
    this.#say(`${pc.yellow('▸')} ${line}`)
  }

  say(text: string): void {
    this.#say(text)
  }

  #line(name: string, text: string, remark?: string): void {
    this.#say(`${pc.dim(name.padEnd(10))} ${text}${remark ? `  ${pc.yellow(`(${remark})`)}` : ''}`, 11)
  }
}
