import { type Comparison, changedText, compareResults } from '../demo/compare-results.js'
import { actionTitle } from '../demo/demo-actions.js'
import type { DeviceMessage } from '../demo/device-link.js'
import type { DemoAction } from '../model/demo-status.js'
import { systemTime } from '../runtime/seams/system-time.js'
import { counted } from './counted.js'
import { killAndRecover } from './demo-kill.js'
import { type Counts, noCounts } from './demo-messages.js'
import type { DemoSupervisor } from './demo-supervisor.js'

/** Real ms that a sentence waits for the job to have counted what was sent; most come within a tenth. */
const patienceMs = 600
/** Real ms after which an unplugged broker comes back by itself. */
const unpluggedMs = 10_000
/** Real ms that the job may take to read what has waited for it: a sentence that comes late tells more than none. */
const catchUpMs = 60_000
const lookEveryMs = 20

const pass = (ms: number): Promise<void> => new Promise(resolve => systemTime.after(ms, resolve))
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`

/** What becomes of what a deed sends. */
const countOf = { late: 'late', bad: 'deadLettered', duplicates: 'duplicate' } as const
type Sending = keyof typeof countOf

/** What was counted around a deed. */
interface Sent {
  readonly before: Counts
  readonly after: Counts
  readonly comparison: Comparison
}

/** What can be done to a demo, and the sentences that tell of it, with what was counted rather than what should have been. */
export class DemoDeeds {
  readonly #supervisor: DemoSupervisor
  #turn = 0
  #unpluggedAt = 0
  #cancelPlug: () => void = () => undefined
  /** Readings that a person has sent late. */
  #burst = 0

  constructor(supervisor: DemoSupervisor) {
    this.#supervisor = supervisor
  }

  /** Nothing happens by itself any more. */
  end(): void {
    this.#cancelPlug()
  }

  async do(action: DemoAction): Promise<void> {
    const supervisor = this.#supervisor
    switch (action) {
      case 'pause':
      case 'resume':
        return this.#turnClock(action === 'resume')
      case 'late':
        return this.#late()
      case 'bad':
        return this.#bad()
      case 'duplicates':
        return this.#duplicates()
      case 'unplug':
        return this.#unplug()
      case 'plug':
        return this.#plug()
      case 'kill':
        return killAndRecover(supervisor)
    }
  }

  #turnClock(running: boolean): void {
    this.#supervisor.turnClock(running)
    const sentence = running
      ? 'The clock of the data goes on from where it stood; nothing came late by the pause, for no time has passed.'
      : 'The clock of the data stands still, the devices send nothing, and windows stay open; the job itself goes on and answers.'
    this.#supervisor.tell(running ? 'resume' : 'pause', running ? 'going on' : 'paused', sentence)
  }

  async #late(): Promise<void> {
    const { script, clock } = this.#supervisor.options
    const messages = script.late?.(clock.wall(), ++this.#turn) ?? []
    this.#burst += messages.length
    const { after, before, comparison } = await this.#send(messages, 'late', messages.length)
    const late = Math.min(after.late - before.late, messages.length)
    const minutes = Math.round((script.lateBy ?? 0) / 60_000)
    const soFar = late === 0 ? 'the job has not come to them yet' : `${late} are counted as late so far`
    const fate = late === messages.length ? `all ${late} are counted as late and listed with the window that they missed` : soFar
    const id = this.#tell('late', `${messages.length} readings were sent ${minutes} minutes late: ${fate}; ${changedText(comparison)}.`)
    if (late < messages.length) void this.#tellLater(id, 'late', before.late + messages.length, 'By now all of them are counted as late.')
  }

  async #bad(): Promise<void> {
    const { message, fault } = this.#supervisor.options.script.bad(this.#turn++)
    const { after, before, comparison } = await this.#send([{ ...message, id: `${message.id}-${this.#turn}` }], 'bad', 1)
    const refused = after.deadLettered > before.deadLettered
    const fate = refused ? 'it is a dead letter, kept with its bytes and the reason' : 'the job has not come to it yet'
    const id = this.#tell('bad', `A message was sent ${fault}: ${fate}; its neighbours were not disturbed, and ${changedText(comparison)}.`)
    if (!refused) void this.#tellLater(id, 'bad', before.deadLettered + 1, 'By now it is a dead letter.')
  }

  async #duplicates(): Promise<void> {
    const messages = this.#supervisor.link.recent
    const { after, before, comparison } = await this.#send(messages, 'duplicates', messages.length)
    const known = Math.min(after.duplicate - before.duplicate, messages.length)
    const what = `The last ${counted(messages.length, 'message')} of the devices were sent a second time`
    const id = this.#tell(
      'duplicates',
      `${what}: ${known === messages.length ? 'all' : known} were known by their ids and dropped; ${changedText(comparison)}.`,
    )
    if (known < messages.length)
      void this.#tellLater(id, 'duplicates', before.duplicate + messages.length, 'By now all were known by their ids and dropped.')
  }

  async #unplug(): Promise<void> {
    const supervisor = this.#supervisor
    const away = supervisor.broker!.unplug()
    // The job hears first that this is on purpose.
    supervisor.changed()
    await away
    this.#unpluggedAt = systemTime.monotonic()
    supervisor.tell(
      'unplug',
      'broker unplugged',
      `The AMQP broker was stopped: devices and job lost their connections. Devices keep what they have to send; the job waits, and windows with it. It comes back in ${unpluggedMs / 1_000} s, or with the same key.`,
    )
    this.#cancelPlug = systemTime.after(unpluggedMs, () => void supervisor.act('plug').catch(() => undefined))
  }

  async #plug(): Promise<void> {
    const supervisor = this.#supervisor
    this.#cancelPlug()
    const back = supervisor.broker!.plug()
    // From now on the job's clock waits for the devices, which reach the broker no sooner than the job does.
    supervisor.beat()
    await back
    const away = systemTime.monotonic() - this.#unpluggedAt
    const before = supervisor.counts ?? noCounts
    const lateBefore = this.#lateByAccident()
    const title = 'broker plugged in'
    const id = supervisor.tell(
      'plug',
      title,
      `The broker is back after ${seconds(away)}, with all that it had accepted; devices and job connect again.`,
    )
    void this.#caughtUp(before.received).then(received => {
      if (received === undefined || supervisor.ending) return
      const { script } = supervisor.options
      const late = this.#lateByAccident() - lateBefore
      const judged = script.late === undefined ? '' : late > 0 ? `; ${late} of them became late` : '; none of them became late'
      supervisor.tellMore(id, title, `The ${received.toLocaleString('en')} messages that had waited went through in order${judged}.`)
    })
  }

  /** Messages that the job took in until it had all that the node has accepted; undefined where that takes too long. */
  async #caughtUp(before: number): Promise<number | undefined> {
    const supervisor = this.#supervisor
    const until = systemTime.monotonic() + catchUpMs
    while (systemTime.monotonic() < until && !supervisor.ending) {
      await pass(lookEveryMs * 5)
      const received = supervisor.counts?.received ?? 0
      if (received > before && received >= supervisor.link.accepted && supervisor.link.pendingSince === undefined) return received - before
    }
    return undefined
  }

  /** Late rows beside those that the devices, or a person, sent late on purpose. */
  #lateByAccident(): number {
    const { script } = this.#supervisor.options
    return Math.max(0, (this.#supervisor.counts?.late ?? 0) - (script.lateSent ?? 0) - this.#burst)
  }

  /** Sends messages and waits until the job has counted them, or patience ends. */
  async #send(messages: readonly DeviceMessage[], action: Sending, expected: number): Promise<Sent> {
    const supervisor = this.#supervisor
    const rows = await supervisor.process.rows()
    const before = supervisor.counts ?? noCounts
    const until = systemTime.monotonic() + patienceMs
    const sending = Promise.all(messages.map(message => supervisor.link.send(message)))
    while (systemTime.monotonic() < until && (supervisor.counts ?? noCounts)[countOf[action]] < before[countOf[action]] + expected)
      await pass(lookEveryMs)
    await Promise.race([sending, pass(patienceMs)])
    return { before, after: supervisor.counts ?? noCounts, comparison: compareResults(rows, await supervisor.process.rows()) }
  }

  /** The job was busier than a sentence waits: says more when it has counted what was sent. */
  async #tellLater(id: number, action: Sending, wanted: number, sentence: string): Promise<void> {
    const supervisor = this.#supervisor
    const reached = (): boolean => (supervisor.counts ?? noCounts)[countOf[action]] >= wanted
    const until = systemTime.monotonic() + catchUpMs
    while (systemTime.monotonic() < until && !supervisor.ending && !reached()) await pass(lookEveryMs * 5)
    if (!supervisor.ending && reached()) supervisor.tellMore(id, actionTitle(action), sentence)
  }

  #tell(action: DemoAction, sentence: string): number {
    return this.#supervisor.tell(action, actionTitle(action), sentence)
  }
}
