import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { type IClientOptions, MqttClient } from 'mqtt'
import { MillraceError } from '../../src/model/errors/millrace-error.js'
import { socketError } from './dial-faults.js'
import type { Endpoint } from './endpoint.js'
import { Gate, type InboundTaker } from './gate.js'
import { keepAlive } from './keep-alive.js'
import { farewell, refusal } from './reasons.js'
import type { Settings } from './settings.js'

/** What a CONNECT asks for beside what the settings say. */
export interface SessionTerms {
  readonly clean: boolean
  /** MQTT 5: seconds that the broker keeps the session. */
  readonly expirySeconds: number
  readonly receiveMaximum: number
  /** A larger PUBLISH is cut for the taker; where there is none, the broker is asked not to send it (MQTT 5). */
  readonly maxMessageBytes: number
  /** Made anew for each connection; absent for sinks. */
  readonly taker?: InboundTaker
}

/** What the broker granted. */
export interface Granted {
  readonly sessionPresent: boolean
  readonly clientId: string
  /** MQTT 5: QoS 1 and 2 messages that it takes unacknowledged; 65,535 where it does not say. */
  readonly receiveMaximum: number
  readonly maximumQos: number
  readonly maximumPacketSize: number
  readonly retainAvailable: boolean
  /** Seconds that it keeps the session, where that differs from what was asked. */
  readonly expirySeconds: number | undefined
}

/** An open connection. */
export interface Dialed {
  readonly endpoint: Endpoint
  readonly client: MqttClient
  readonly gate: Gate
  readonly granted: Granted
  /** Called once with the reason when the connection is gone, at once where it is gone already. */
  onLost(listener: (error: MillraceError) => void): void
  destroy(): void
}

export interface DialSettings extends Settings {
  readonly timeoutMs: number
  /** Gives up an attempt that is under way. */
  readonly signal?: AbortSignal
}

/**
 * Opens one connection.
 *
 * @throws MR307 no answer, MR312 certificate, MR321 refused, MR323 another protocol or version.
 */
export const dial = (endpoint: Endpoint, settings: DialSettings, terms: SessionTerms): Promise<Dialed> =>
  new Promise((resolve, reject) => new Attempt(endpoint, settings, terms, resolve, reject))

class Attempt {
  readonly #endpoint: Endpoint
  readonly #settings: DialSettings
  readonly #resolve: (dialed: Dialed) => void
  readonly #reject: (error: MillraceError) => void
  readonly #user: string | undefined
  readonly #gate: Gate
  readonly #client: MqttClient
  #socketFailure: Error | undefined
  #opened = false
  #connected = false
  #over: MillraceError | undefined
  #lost: ((error: MillraceError) => void) | undefined
  readonly #cancelTimeout: () => void
  #cancelKeepAlive = (): void => {}
  readonly #abort = (): void => this.#end(new MillraceError('MR307', `the attempt to reach ${this.#endpoint.text} was given up`))

  constructor(
    endpoint: Endpoint,
    settings: DialSettings,
    terms: SessionTerms,
    resolve: (dialed: Dialed) => void,
    reject: (error: MillraceError) => void,
  ) {
    this.#endpoint = endpoint
    this.#settings = settings
    this.#resolve = resolve
    this.#reject = reject
    this.#user = endpoint.user ?? settings.user
    const socket = this.#socket()
    this.#gate = new Gate(socket, terms.taker, terms.maxMessageBytes)
    socket.on('connect', () => {
      this.#connected = true
    })
    socket.on('error', error => {
      this.#socketFailure = error
    })
    this.#client = new MqttClient(() => this.#gate, this.#options(terms))
    this.#listen()
    this.#cancelTimeout = settings.time.after(settings.timeoutMs, () => this.#end(this.#silence()))
    settings.signal?.addEventListener('abort', this.#abort)
    if (settings.signal?.aborted) this.#abort()
  }

  #socket(): Socket {
    const { host, port, tls } = this.#endpoint
    if (!tls) return connectTcp({ host, port, noDelay: true })
    const servername = isIP(host) === 0 ? { servername: host } : {}
    return connectTls({ host, port, minVersion: 'TLSv1.2', ...this.#settings.tls, ...servername })
  }

  #options({ clean, expirySeconds, receiveMaximum, maxMessageBytes, taker }: SessionTerms): IClientOptions {
    const { version, clientId, keepAliveMs, timeoutMs } = this.#settings
    const password = this.#endpoint.password ?? this.#settings.password
    // A broker drops what is larger than this, and tells nobody.
    const most = taker ? {} : { maximumPacketSize: maxMessageBytes }
    const properties = { sessionExpiryInterval: expirySeconds, receiveMaximum, ...most }
    return {
      protocolId: 'MQTT',
      protocolVersion: version,
      clientId,
      clean,
      keepalive: Math.min(65_535, Math.max(1, Math.round(keepAliveMs / 1000))),
      ...(this.#user === undefined ? {} : { username: this.#user }),
      ...(password === undefined ? {} : { password }),
      ...(version === 5 ? { properties } : {}),
      reconnectPeriod: 0,
      resubscribe: false,
      queueQoSZero: false,
      // Ours end an attempt earlier, and keep it alive.
      connectTimeout: timeoutMs + 1_000,
      timerVariant: { set: () => 0, clear: () => {} },
    }
  }

  #listen(): void {
    const client = this.#client
    const { version } = this.#settings
    const { text } = this.#endpoint
    client.on('connect', packet => {
      if (this.#over) return
      this.#opened = true
      this.#forget()
      const { properties } = packet
      const interval = (properties?.serverKeepAlive ?? this.#settings.keepAliveMs / 1000) * 1000
      const silent = () =>
        this.#end(new MillraceError('MR307', `the connection to ${text} was lost: it was silent for ${(1.5 * interval) / 1000} s`))
      if (interval > 0) this.#cancelKeepAlive = keepAlive(this.#gate, interval, this.#settings.time, silent)
      this.#resolve({
        endpoint: this.#endpoint,
        client,
        gate: this.#gate,
        granted: {
          sessionPresent: packet.sessionPresent,
          clientId: properties?.assignedClientIdentifier ?? this.#settings.clientId,
          receiveMaximum: properties?.receiveMaximum ?? 65_535,
          maximumQos: properties?.maximumQoS ?? 2,
          maximumPacketSize: properties?.maximumPacketSize ?? 268_435_460,
          retainAvailable: properties?.retainAvailable ?? true,
          expirySeconds: properties?.sessionExpiryInterval,
        },
        onLost: listener => {
          this.#lost = listener
          if (this.#over) listener(this.#over)
        },
        destroy: () => this.#end(new MillraceError('MR307', `the connection to ${text} was closed`)),
      })
    })
    client.on('disconnect', ({ reasonCode, properties }) => this.#end(farewell(text, reasonCode ?? 0, properties?.reasonString)))
    client.on('error', error => {
      const code = (error as { readonly code?: unknown }).code
      if (typeof code === 'number' && !this.#opened) this.#end(refusal(text, version, code, this.#user))
      else if (error === this.#socketFailure || typeof code === 'string') this.#end(this.#lostError())
      else this.#end(this.#protocolFault(error.message))
    })
    client.on('close', () => this.#end(this.#gate.fault === undefined ? this.#lostError() : this.#protocolFault(this.#gate.fault)))
  }

  #protocolFault(why: string): MillraceError {
    return new MillraceError('MR323', `${this.#endpoint.text} does not speak MQTT as it was asked to: ${why}`)
  }

  #lostError(): MillraceError {
    return socketError(this.#endpoint, this.#socketFailure, this.#opened, this.#connected)
  }

  #silence(): MillraceError {
    const { text, tls } = this.#endpoint
    if (!this.#connected)
      return new MillraceError('MR307', `${text} does not answer; perhaps it is down, or a firewall drops the connection`)
    const other = tls ? 'it speaks no TLS (mqtt://)' : 'it wants TLS (mqtts://)'
    return new MillraceError('MR307', `${text} took the connection and says nothing; perhaps ${other} or speaks another protocol`)
  }

  /** The first end counts: of the attempt, or of the connection that it became. */
  #end(error: MillraceError): void {
    if (this.#over) return
    this.#over = error
    this.#forget()
    this.#cancelKeepAlive()
    this.#gate.destroy()
    this.#client.end(true)
    if (!this.#opened) this.#reject(error)
    else this.#lost?.(error)
  }

  #forget(): void {
    this.#cancelTimeout?.()
    this.#settings.signal?.removeEventListener('abort', this.#abort)
  }
}
