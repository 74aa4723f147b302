import type { IClientPublishOptions } from 'mqtt'
import { outputRow } from '../../src/connector/output-row.js'
import { RefusedRows } from '../../src/connector/refused-rows.js'
import type { OutputBatch, SinkStatus, SinkWriter } from '../../src/connector/sink.js'
import type { ConnectorContext } from '../../src/connector/source.js'
import { valueAt } from '../../src/model/columns.js'
import { MillraceError } from '../../src/model/errors/millrace-error.js'
import type { Dialed } from './dial.js'
import { Keeper } from './keeper.js'
import type { Qos } from './options.js'
import { reasonWords } from './reasons.js'
import type { Settings } from './settings.js'
import { topicFault } from './topic-fault.js'

/** How rows become messages. */
export interface SinkForm {
  /** Undefined: computed per row. */
  readonly topic: string | undefined
  readonly qos: Qos
  readonly retain: boolean
  readonly version: 4 | 5
}

/** On their way at once, at most; less where the broker takes less (MQTT 5, receive maximum). */
const mostInFlight = 1_000
/**
 * Of QoS 2 where the broker cannot say what it takes (3.1.1): the default of mosquitto, of which 2.0.11 acknowledges what goes
 * beyond and delivers it to nobody.
 */
const mostUntold = 20
/** Fixed header, topic length, packet identifier and properties of a PUBLISH, beside topic and payload. */
const overhead = 64
const namedIds = 5

interface Waiting {
  readonly id: string
  readonly topic: string
  readonly payload: Buffer
  /** Called once: acknowledged, or refused with the reason. */
  done(refusal: string | undefined): void
}

interface Refused {
  readonly id: string
  readonly reason: string
}

/** Publishes rows over one connection, in order; what was not acknowledged when it was lost is published again. */
export class MqttSinkWriter implements SinkWriter {
  readonly guarantee = 'append'
  readonly #keeper: Keeper
  readonly #context: ConnectorContext
  readonly #form: SinkForm
  /** Rows that are not acknowledged, oldest first; the first `#sent` are on their way. */
  #line: Waiting[] = []
  #sent = 0
  readonly #failures = new Set<(error: MillraceError) => void>()
  #dialed: Dialed | undefined
  #fatal: MillraceError | undefined
  #closed = false
  #since: number

  constructor(context: ConnectorContext, settings: Settings, form: SinkForm) {
    this.#context = context
    this.#form = form
    this.#since = context.time.monotonic()
    const terms = { clean: true, expirySeconds: 0, receiveMaximum: 16, maxMessageBytes: 65_536 }
    this.#keeper = new Keeper(settings, {
      terms: () => terms,
      up: dialed => this.#up(dialed),
      down: () => this.#lost(),
      fatal: error => this.#fail(error),
    })
  }

  /** It holds no position. */
  async open(): Promise<undefined> {
    if (this.#fatal) throw this.#fatal
  }

  /**
   * Resolves when the broker has acknowledged every row; waits without a deadline for a broker.
   *
   * @throws MR327 for rows without a topic, MR311 naming rows that the broker refused, after all others were acknowledged;
   *   MR321, MR323, MR312 where waiting is no use.
   */
  async write(outputs: OutputBatch): Promise<void> {
    if (this.#fatal) throw this.#fatal
    if (this.#closed) throw new MillraceError('MR313', `the sink '${this.#context.id}' is closed`)
    const refused: Refused[] = []
    const homeless: Refused[] = []
    if (this.#line.length === 0) this.#since = this.#context.time.monotonic()
    await new Promise<void>((resolve, reject) => {
      const failed = (error: MillraceError) => {
        this.#failures.delete(failed)
        reject(error)
      }
      let open = 1
      const finish = () => {
        if (--open > 0) return
        this.#failures.delete(failed)
        resolve()
      }
      this.#failures.add(failed)
      for (let row = 0; row < outputs.length; row++) {
        const id = outputs.ids[row]!
        const topic = this.#topicOf(outputs, row)
        const fault = topic === null ? 'is null' : topicFault(topic)
        if (topic === null || fault !== undefined) {
          homeless.push({ id, reason: fault! })
          continue
        }
        open++
        this.#line.push({
          id,
          topic,
          payload: Buffer.from(JSON.stringify(outputRow(outputs, row))),
          done: refusal => {
            if (refusal !== undefined) refused.push({ id, reason: refusal })
            finish()
          },
        })
      }
      this.#pump()
      finish()
    })
    this.#report(refused, homeless, outputs.length)
  }

  status(): SinkStatus {
    const keeper = this.#keeper
    const pending = this.#line.length
    const error = this.#fatal ?? keeper.lastError
    const { endpoint } = keeper
    const waits = keeper.connected
      ? `acknowledgement from ${endpoint?.text ?? 'the broker'}`
      : `the broker${keeper.lastError ? ` (${keeper.lastError.message})` : ''}`
    return {
      connected: keeper.connected,
      detail: this.#closed ? 'closed' : keeper.connected ? `connected, publishes with QoS ${this.#form.qos}` : keeper.detail,
      ...(endpoint ? { endpoint: endpoint.text } : {}),
      pending,
      ...(pending > 0 ? { waiting: { for: waits, since: this.#since } } : {}),
      ...(error ? { error: { code: error.code, message: error.message } } : {}),
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    const error = new MillraceError('MR313', `the sink '${this.#context.id}' was closed with ${this.#line.length} rows not acknowledged`)
    for (const failed of [...this.#failures]) failed(error)
    this.#dialed = undefined
    await this.#keeper.leave()
  }

  #topicOf(outputs: OutputBatch, row: number): string | null {
    if (this.#form.topic !== undefined) return this.#form.topic
    const column = outputs.computed['topic']
    const value = column ? valueAt(column, row) : null
    return typeof value === 'string' ? value : null
  }

  #up(dialed: Dialed): void {
    this.#dialed = dialed
    const { granted } = dialed
    const { qos, retain } = this.#form
    const lacks =
      granted.maximumQos < qos
        ? `does QoS ${granted.maximumQos} at most, not ${qos}`
        : retain && !granted.retainAvailable
          ? 'keeps no retained messages'
          : undefined
    if (lacks !== undefined) this.#fail(new MillraceError('MR323', `${dialed.endpoint.text} ${lacks}`))
    else this.#pump()
  }

  /** Publishes what waits, in order, as far as the broker takes it unacknowledged. */
  #pump(): void {
    const dialed = this.#dialed
    if (!dialed) return
    const { qos, version } = this.#form
    const most = qos === 2 && version === 4 ? mostUntold : Math.min(mostInFlight, dialed.granted.receiveMaximum)
    while (this.#sent < this.#line.length && this.#sent < most && this.#dialed === dialed) {
      const waiting = this.#line[this.#sent]!
      const bytes = waiting.payload.length + Buffer.byteLength(waiting.topic) + Buffer.byteLength(waiting.id) + overhead
      if (bytes > dialed.granted.maximumPacketSize) {
        this.#line.splice(this.#sent, 1)
        waiting.done(`${bytes} bytes, and the broker takes ${dialed.granted.maximumPacketSize}`)
      } else {
        this.#sent++
        this.#publish(dialed, waiting)
      }
    }
  }

  #publish(dialed: Dialed, waiting: Waiting): void {
    const { qos, retain, version } = this.#form
    const properties = { userProperties: { 'millrace-id': waiting.id }, contentType: 'application/json', payloadFormatIndicator: true }
    const options: IClientPublishOptions = { qos, retain, ...(version === 5 ? { properties } : {}) }
    dialed.client.publish(waiting.topic, waiting.payload, options, error => {
      const code = (error as { readonly code?: unknown } | null | undefined)?.code
      // Without a reason code it is the connection that ended: the row goes out again over the next one.
      if (!error) this.#done(dialed, waiting, undefined)
      else if (typeof code === 'number') this.#done(dialed, waiting, reasonWords(code))
    })
  }

  #done(dialed: Dialed, waiting: Waiting, refusal: string | undefined): void {
    const at = this.#dialed === dialed ? this.#line.indexOf(waiting) : -1
    if (at < 0) return
    this.#line.splice(at, 1)
    this.#sent--
    this.#since = this.#context.time.monotonic()
    waiting.done(refusal)
    this.#pump()
  }

  #lost(): void {
    this.#dialed = undefined
    this.#sent = 0
  }

  #fail(error: MillraceError): void {
    this.#fatal = error
    this.#keeper.stop()
    this.#lost()
    this.#line = []
    for (const failed of [...this.#failures]) failed(error)
  }

  #report(refused: readonly Refused[], homeless: readonly Refused[], rows: number): void {
    const { id, log } = this.#context
    const listed = (all: readonly Refused[]) =>
      `${all
        .slice(0, namedIds)
        .map(one => `${one.id} (${one.reason})`)
        .join(', ')}${all.length > namedIds ? ` and ${all.length - namedIds} more` : ''}`
    const say = (code: 'MR311' | 'MR327', message: string, all: readonly Refused[]): string => {
      log.error(message, { code, ids: all.map(one => one.id) })
      return message
    }
    const ids = [...homeless, ...refused].map(one => one.id)
    const no =
      homeless.length > 0
        ? say('MR327', `${homeless.length} of ${rows} rows of sink '${id}' have no topic: ${listed(homeless)}`, homeless)
        : undefined
    if (refused.length > 0) {
      const message = say('MR311', `the broker refused ${refused.length} of ${rows} rows of sink '${id}': ${listed(refused)}`, refused)
      throw new RefusedRows('MR311', no === undefined ? message : `${message}; ${no}`, ids)
    }
    if (no !== undefined) throw new RefusedRows('MR327', no, ids)
  }
}
