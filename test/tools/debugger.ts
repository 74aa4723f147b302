import { once } from 'node:events'
import { request } from 'node:http'
import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { generatedPositionFor, LEAST_UPPER_BOUND, originalPositionFor, TraceMap } from '@jridgewell/trace-mapping'

interface Location {
  readonly scriptId: string
  /** From 0. */
  readonly lineNumber: number
  readonly columnNumber: number
}

interface Paused {
  readonly reason: string
  readonly callFrames: readonly { readonly callFrameId: string; readonly location: Location }[]
}

interface Script {
  readonly scriptId: string
  readonly url: string
  readonly sourceMapURL: string
}

/** Where a program stands, in the author's file. */
export interface Stop {
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly frame: string
}

/**
 * A debugger as an editor attaches it, with `pauseForSourceMap`: before a script with a source map runs, the program
 * stands, and breakpoints of the author's files are set in it.
 * Protocol: https://chromedevtools.github.io/devtools-protocol/v8/Debugger/
 */
export class Debugger {
  readonly #socket: Socket
  readonly #breakpoints: readonly { readonly file: string; readonly line: number }[]
  readonly #maps = new Map<string, TraceMap>()
  readonly #waiting = new Map<number, (result: unknown) => void>()
  readonly #stops: Stop[] = []
  #listener: ((stop: Stop) => void) | undefined
  #received = Buffer.alloc(0)
  #id = 0

  private constructor(socket: Socket, breakpoints: readonly { readonly file: string; readonly line: number }[]) {
    this.#socket = socket
    this.#breakpoints = breakpoints
    // Each pause is a question and an answer; small packets must not wait for each other.
    socket.setNoDelay(true)
    socket.on('data', bytes => this.#receive(bytes))
    // The program may end before it has read the goodbye.
    socket.on('error', () => socket.destroy())
  }

  /**
   * Attaches to the address that Node prints, and lets the program go.
   *
   * @param breakpoints absolute files and lines from 1.
   */
  static async attach(url: string, breakpoints: readonly { readonly file: string; readonly line: number }[]): Promise<Debugger> {
    const headers = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'bWlsbHJhY2UtdGVzdHMhIQ==',
    }
    const [, socket] = (await once(request(url.replace('ws:', 'http:'), { headers }).end(), 'upgrade')) as [unknown, Socket]
    const attached = new Debugger(socket, breakpoints)
    await attached.#ask('Debugger.enable')
    await attached.#ask('Debugger.setInstrumentationBreakpoint', { instrumentation: 'beforeScriptWithSourceMapExecution' })
    await attached.#ask('Runtime.runIfWaitingForDebugger')
    return attached
  }

  /** The next breakpoint that is hit; the program stands there. */
  async stopped(): Promise<Stop> {
    return this.#stops.shift() ?? new Promise(done => (this.#listener = done))
  }

  /** The value of an expression where the program stands. */
  async value(stop: Stop, expression: string): Promise<unknown> {
    const params = { callFrameId: stop.frame, expression, returnByValue: true }
    const { result } = (await this.#ask('Debugger.evaluateOnCallFrame', params)) as { readonly result: { readonly value: unknown } }
    return result.value
  }

  async resume(): Promise<void> {
    await this.#ask('Debugger.resume')
    // Node holds what follows a small packet until that is acknowledged, which takes the system 40 ms by itself.
    await this.#ask('Runtime.getIsolateId')
  }

  close(): void {
    this.#socket.destroy()
  }

  #ask(method: string, params: object = {}): Promise<unknown> {
    const id = ++this.#id
    const answer = new Promise(done => this.#waiting.set(id, done))
    this.#socket.write(textFrame(JSON.stringify({ id, method, params })))
    return answer
  }

  #receive(bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes])
    for (let frame = readFrame(this.#received); frame; frame = readFrame(this.#received)) {
      this.#received = this.#received.subarray(frame.size)
      this.#take(JSON.parse(frame.text))
    }
  }

  #take({ id, result, method, params }: { id?: number; result?: unknown; method?: string; params?: unknown }): void {
    if (id !== undefined) {
      this.#waiting.get(id)?.(result)
      this.#waiting.delete(id)
    } else if (method === 'Debugger.scriptParsed') this.#parsed(params as Script)
    else if (method === 'Debugger.paused') void this.#paused(params as Paused)
  }

  #parsed({ scriptId, url, sourceMapURL }: Script): void {
    const [, encoded] = /^data:application\/json[^,]*;base64,(.*)$/.exec(sourceMapURL) ?? []
    if (encoded === undefined || !url.startsWith('file:')) return
    this.#maps.set(scriptId, new TraceMap(JSON.parse(Buffer.from(encoded, 'base64').toString()), url))
  }

  async #paused({ reason, callFrames }: Paused): Promise<void> {
    const { callFrameId, location } = callFrames[0]!
    const map = this.#maps.get(location.scriptId)
    if (reason === 'instrumentation') {
      if (map) await this.#setIn(location.scriptId, map)
      return this.resume()
    }
    const found = map && originalPositionFor(map, { line: location.lineNumber + 1, column: location.columnNumber })
    const stop = { file: found?.source ? fileURLToPath(found.source) : '', line: found?.line ?? 0, frame: callFrameId }
    const listener = this.#listener
    this.#listener = undefined
    if (listener) listener(stop)
    else this.#stops.push(stop)
  }

  async #setIn(scriptId: string, map: TraceMap): Promise<void> {
    for (const { file, line } of this.#breakpoints) {
      const source = map.resolvedSources.find(source => source !== null && fileURLToPath(source) === file)
      if (source === undefined || source === null) continue
      const { line: generated, column } = generatedPositionFor(map, { source, line, column: 0, bias: LEAST_UPPER_BOUND })
      if (generated === null) continue
      await this.#ask('Debugger.setBreakpoint', { location: { scriptId, lineNumber: generated - 1, columnNumber: column } })
    }
  }
}

/** A whole text in one frame of a client (RFC 6455 §5.2); a mask of zeros leaves the bytes as they are. */
function textFrame(text: string): Buffer {
  const body = Buffer.from(text)
  const head =
    body.length < 126 ? Buffer.from([0x81, 0x80 | body.length]) : Buffer.from([0x81, 0x80 | 126, body.length >> 8, body.length & 255])
  return Buffer.concat([head, Buffer.alloc(4), body])
}

/** The first frame of a server, if all of it is there. Node sends each message whole. */
function readFrame(bytes: Buffer): { readonly text: string; readonly size: number } | undefined {
  if (bytes.length < 2) return undefined
  const short = bytes[1]! & 127
  const head = short < 126 ? 2 : short === 126 ? 4 : 10
  if (bytes.length < head) return undefined
  const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2))
  const size = head + length
  return bytes.length < size ? undefined : { text: bytes.toString('utf8', head, size), size }
}
