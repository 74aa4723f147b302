import { Backoff } from '../../src/model/backoff.js'
import { MillraceError } from '../../src/model/errors/millrace-error.js'
import { type Dialed, dial, type SessionTerms } from './dial.js'
import type { Endpoint } from './endpoint.js'
import { goodbye } from './goodbye.js'
import type { Settings } from './settings.js'

/** What a keeper tells its owner. */
export interface KeeperOwner {
  /** What the next connection asks for. */
  terms(): SessionTerms
  up(dialed: Dialed): void
  down(error: MillraceError): void
  /** No endpoint can ever work as things are configured. */
  fatal(error: MillraceError): void
}

const firstPauseMs = 100
const longestPauseMs = 30_000
const dialTimeoutMs = 10_000
/** Real ms between two warnings about the same. */
const repeatMs = 60_000
/** A fault on a connection to a peer that has worked may be the network's; so many, each within a minute, are the peer's. */
const mostFaults = 5
/** A connection that lives shorter, again and again, may be ended by another client of the same id: MQTT 3.1.1 gives no reason. */
const shortMs = 2_000
const suspicious = 3

/** Keeps one connection up: the endpoints in turn, then a pause that grows to 30 s, until it is stopped. */
export class Keeper {
  connected = false
  reconnects = 0
  /** Monotonic ms since it is down. */
  downSince: number | undefined
  endpoint: Endpoint | undefined
  lastError: MillraceError | undefined
  /** A sentence about what it does while it is down. */
  detail = 'connecting'
  #dialed: Dialed | undefined
  #stopped = false
  readonly #stopping = new AbortController()
  #everUp = false
  #renews = false
  #upAt = 0
  #faults = 0
  #shortLives = 0
  #warned: { readonly message: string; readonly at: number } | undefined
  #cancelPause: (() => void) | undefined
  readonly #backoff: Backoff
  readonly #settings: Settings
  readonly #owner: KeeperOwner

  constructor(settings: Settings, owner: KeeperOwner) {
    this.#settings = settings
    this.#owner = owner
    this.#backoff = new Backoff(settings.random, firstPauseMs, longestPauseMs)
    this.downSince = settings.time.monotonic()
    void this.#pass()
  }

  /** Ends in order: what was written goes out, then a goodbye. */
  async leave(): Promise<void> {
    // From here on the end of the connection is our own doing.
    this.#stopped = true
    if (this.#dialed) await goodbye(this.#dialed, this.#settings.time)
    this.stop()
  }

  /** Ends the connection and makes another at once, on the terms of now: that is no loss. */
  renew(): void {
    const dialed = this.#dialed
    if (!dialed || this.#stopped) return
    this.#dialed = undefined
    this.connected = false
    this.#renews = true
    dialed.destroy()
    void this.#pass()
  }

  stop(): void {
    this.#stopped = true
    this.connected = false
    this.#cancelPause?.()
    this.#stopping.abort()
    this.#dialed?.destroy()
  }

  async #pass(): Promise<void> {
    let everyFatal = true
    for (const endpoint of this.#settings.endpoints) {
      if (this.#stopped) return
      this.detail = `connecting to ${endpoint.text}`
      try {
        const settings = { ...this.#settings, timeoutMs: dialTimeoutMs, signal: this.#stopping.signal }
        const dialed = await dial(endpoint, settings, this.#owner.terms())
        if (this.#stopped) dialed.destroy()
        else this.#up(dialed)
        return
      } catch (cause) {
        if (this.#stopped) return
        if (!(cause instanceof MillraceError)) throw cause
        this.lastError = cause
        // A peer that has worked before has not changed its protocol: a bit may have flipped amid the login.
        everyFatal &&= cause.action === 'stop' && !(this.#everUp && this.#mayBeTheNetwork(cause))
        this.#warn(cause)
      }
    }
    if (this.#stopped) return
    if (everyFatal && this.lastError) this.#owner.fatal(this.lastError)
    else this.#pause()
  }

  #up(dialed: Dialed): void {
    this.#dialed = dialed
    this.connected = true
    this.downSince = undefined
    this.endpoint = dialed.endpoint
    this.lastError = undefined
    if (this.#everUp && !this.#renews) this.reconnects++
    this.#renews = false
    this.#everUp = true
    this.#upAt = this.#settings.time.monotonic()
    this.#warned = undefined
    this.#owner.up(dialed)
    dialed.onLost(error => {
      if (this.#dialed === dialed) this.#down(error)
    })
  }

  #down(lost: MillraceError): void {
    this.#dialed = undefined
    if (this.#stopped) return
    this.connected = false
    const now = this.#settings.time.monotonic()
    this.downSince = now
    this.#shortLives = now - this.#upAt < shortMs ? this.#shortLives + 1 : 0
    // Only a connection that held makes the next pause short again: two that end each other must not do so ten times a second.
    if (this.#shortLives === 0) this.#backoff.reset()
    const error = this.#shortLives < suspicious || lost.code === 'MR325' ? lost : this.#suspect(lost)
    this.lastError = error
    this.#warn(error)
    this.#owner.down(error)
    if (error.action === 'stop' && !this.#mayBeTheNetwork(error)) this.#owner.fatal(error)
    else this.#pause()
  }

  #suspect(lost: MillraceError): MillraceError {
    const who = `perhaps another client connects under the client id '${this.#settings.clientId}' as well`
    return new MillraceError(lost.code, `${lost.message}, as often before soon after it was made; ${who}`, {
      cause: lost,
    })
  }

  #mayBeTheNetwork(error: MillraceError): boolean {
    if (error.code !== 'MR323') return false
    if (this.#settings.time.monotonic() - this.#upAt > repeatMs) this.#faults = 0
    return ++this.#faults < mostFaults
  }

  /** Says what is new at once, and what goes on as before once a minute. */
  #warn(error: MillraceError): void {
    const at = this.#settings.time.monotonic()
    if (this.#warned?.message === error.message && at - this.#warned.at < repeatMs) return
    this.#warned = { message: error.message, at }
    this.#settings.log.warn(error.message, { code: error.code })
  }

  #pause(): void {
    const ms = this.#backoff.next()
    this.detail = `waits for the broker: ${this.lastError?.message ?? 'not connected'}, next try in ${(ms / 1000).toFixed(1)} s`
    this.#cancelPause = this.#settings.time.after(ms, () => void this.#pass())
  }
}
