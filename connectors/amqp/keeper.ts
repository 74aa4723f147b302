import { Backoff } from '../../src/model/backoff.js'
import { MillraceError } from '../../src/model/errors/millrace-error.js'
import type { Log, RandomSource, TimeSource } from '../../src/model/seams.js'
import { dial } from './dial.js'
import type { DialSettings } from './dial-settings.js'
import type { Dialed } from './dialed.js'
import type { Endpoint } from './endpoint.js'

export interface KeeperSettings extends Omit<DialSettings, 'timeoutMs'> {
  readonly endpoints: readonly Endpoint[]
  /** It is the node that came with the process: when it keeps us waiting the machine is busy, and nothing is wrong with either. */
  readonly ownNode: boolean
  readonly random: RandomSource
}

/** What a keeper tells its owner. */
export interface KeeperOwner {
  up(dialed: Dialed): void
  down(error: MillraceError): void
  /** No endpoint can ever work as things are configured. */
  fatal(error: MillraceError): void
}

const firstPauseMs = 100
const longestPauseMs = 30_000
/** The process's own node takes no harm from being asked often, and it comes back the moment somebody plugs it in. */
const longestOwnPauseMs = 1_000
const dialTimeoutMs = 10_000
/** Real ms between two warnings about the same. */
const repeatMs = 60_000
/** A peer's fault on a connection that had been opened may be the network's; this many, each within a minute, are the peer's. */
const mostFaults = 5
const faultyWithinMs = 60_000

/** Keeps one connection up: the endpoints in turn, then a pause that grows to 30 s (1 s for the process's own node), until it is stopped. */
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
  #upAt = 0
  /** Connections in succession that the peer's faults have ended. */
  #faults = 0
  #warned: { readonly message: string; readonly at: number } | undefined
  #cancelPause: (() => void) | undefined
  readonly #backoff: Backoff
  readonly #settings: KeeperSettings
  readonly #owner: KeeperOwner

  constructor(settings: KeeperSettings, owner: KeeperOwner) {
    this.#settings = settings
    this.#owner = owner
    this.#backoff = new Backoff(settings.random, firstPauseMs, settings.ownNode ? longestOwnPauseMs : longestPauseMs)
    this.downSince = settings.time.monotonic()
  }

  get log(): Log {
    return this.#settings.log
  }

  get time(): TimeSource {
    return this.#settings.time
  }

  start(): void {
    void this.#pass()
  }

  /** Drops the connection, so that it is made anew. */
  restart(): void {
    this.#dialed?.destroy()
  }

  /** The connection proved good: the next pause is short again. */
  proved(): void {
    this.#backoff.reset()
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
        const dialed = await dial(endpoint, {
          ...this.#settings,
          timeoutMs: dialTimeoutMs,
          onQuiet: words => this.#quiet(words),
          signal: this.#stopping.signal,
        })
        if (this.#stopped) dialed.destroy()
        else this.#up(dialed)
        return
      } catch (cause) {
        if (this.#stopped) return
        const error =
          cause instanceof MillraceError
            ? cause
            : new MillraceError('MR307', `${endpoint.text} cannot be reached: ${String(cause)}`, { cause })
        this.lastError = error
        // A peer that has worked before has not changed its protocol: a bit may have flipped amid the login.
        everyFatal &&= error.action === 'stop' && !(this.#everUp && this.#mayBeTheNetwork(error))
        this.#warn(error)
      }
    }
    if (this.#stopped) return
    if (everyFatal && this.lastError) this.#owner.fatal(this.lastError)
    else this.#pause()
  }

  #quiet(words: string): void {
    if (this.#stopped) return
    if (this.#settings.ownNode) return
    this.detail = words
    this.log.warn(words)
  }

  #up(dialed: Dialed): void {
    this.#dialed = dialed
    this.connected = true
    this.downSince = undefined
    this.endpoint = dialed.endpoint
    this.lastError = undefined
    if (this.#everUp) this.reconnects++
    this.#everUp = true
    this.#upAt = this.time.monotonic()
    this.#warned = undefined
    dialed.onLost((error, fatal) => this.#down(error, fatal))
    if (this.connected) this.#owner.up(dialed)
  }

  #down(error: MillraceError, fatal: boolean): void {
    this.#dialed = undefined
    if (this.#stopped) return
    this.connected = false
    this.downSince = this.time.monotonic()
    this.lastError = error
    this.#warn(error)
    this.#owner.down(error)
    if (fatal && !this.#mayBeTheNetwork(error)) this.#owner.fatal(error)
    else this.#pause()
  }

  #mayBeTheNetwork(error: MillraceError): boolean {
    if (error.code !== 'MR306') return false
    if (this.time.monotonic() - this.#upAt > faultyWithinMs) this.#faults = 0
    return ++this.#faults < mostFaults
  }

  /** Says what is new at once, and what goes on as before once a minute. */
  #warn(error: MillraceError): void {
    const at = this.time.monotonic()
    if (this.#warned?.message === error.message && at - this.#warned.at < repeatMs) return
    this.#warned = { message: error.message, at }
    this.log.warn(error.message, { code: error.code })
  }

  #pause(): void {
    const ms = this.#backoff.next()
    this.detail = `waits for the broker: ${this.lastError?.message ?? 'not connected'}, next try in ${(ms / 1000).toFixed(1)} s`
    this.#cancelPause = this.time.after(ms, () => void this.#pass())
  }
}
