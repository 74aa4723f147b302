import { type ChildProcess, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** Lines and columns from 0, as in the protocol. */
export interface Position {
  readonly line: number
  readonly character: number
}

export interface Diagnostic {
  readonly range: { readonly start: Position; readonly end: Position }
  readonly message: string
}

interface Message {
  readonly id?: number | string
  readonly method?: string
  readonly result?: unknown
  readonly error?: { readonly message: string }
}

interface Waiting {
  readonly done: (result: unknown) => void
  readonly fail: (error: Error) => void
}

/** Where a text says this for the first time, or the place behind it. */
export function positionOf(text: string, mark: string, behind = false): Position {
  const index = text.indexOf(mark)
  if (index < 0) throw new Error(`the text has no ${mark}`)
  return positionAt(text, index + (behind ? mark.length : 0))
}

/** Where the character of an index stands. */
export function positionAt(text: string, index: number): Position {
  const lines = text.slice(0, index).split('\n')
  return { line: lines.length - 1, character: lines.at(-1)!.length }
}

/**
 * TypeScript's own language server, as editors start it, over one folder.
 * Protocol: https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/
 */
export class LanguageServer {
  readonly #child: ChildProcess
  readonly #folder: string
  readonly #waiting = new Map<number, Waiting>()
  #received = Buffer.alloc(0)
  #id = 0
  #version = 0

  private constructor(folder: string) {
    this.#folder = folder
    const tsc = join(dirname(createRequire(join(folder, 'x.js')).resolve('typescript/package.json')), 'bin', 'tsc')
    this.#child = spawn(process.execPath, [tsc, '--lsp', '--stdio'], { cwd: folder, stdio: ['pipe', 'pipe', 'ignore'] })
    this.#child.stdout!.on('data', (bytes: Buffer) => this.#receive(bytes))
    this.#child.on('close', code => {
      for (const { fail } of this.#waiting.values()) fail(new Error(`the language server ended with ${code}`))
    })
  }

  static async start(folder: string): Promise<LanguageServer> {
    const server = new LanguageServer(folder)
    const rootUri = pathToFileURL(folder).href
    const textDocument = {
      hover: { contentFormat: ['markdown'] },
      completion: { completionItem: { documentationFormat: ['markdown'] } },
      diagnostic: {},
    }
    const workspaceFolders = [{ uri: rootUri, name: 'project' }]
    await server.#ask('initialize', { processId: process.pid, rootUri, workspaceFolders, capabilities: { textDocument } })
    server.#tell('initialized', {})
    return server
  }

  /** Shows it a file as an editor holds it, saved or not. */
  open(file: string, text: string): void {
    this.#tell('textDocument/didOpen', { textDocument: { uri: this.#uri(file), languageId: 'typescript', version: ++this.#version, text } })
  }

  edit(file: string, text: string): void {
    const textDocument = { uri: this.#uri(file), version: ++this.#version }
    this.#tell('textDocument/didChange', { textDocument, contentChanges: [{ text }] })
  }

  /** Names that it offers at a place. */
  async completions(file: string, position: Position): Promise<readonly string[]> {
    const answer = await this.#ask('textDocument/completion', { textDocument: { uri: this.#uri(file) }, position })
    const items = Array.isArray(answer) ? answer : (answer as { readonly items: readonly unknown[] }).items
    return (items as readonly { readonly label: string }[]).map(({ label }) => label)
  }

  /** What it shows over a place, as markdown; empty where there is nothing. */
  async hover(file: string, position: Position): Promise<string> {
    const answer = await this.#ask('textDocument/hover', { textDocument: { uri: this.#uri(file) }, position })
    return (answer as { readonly contents: { readonly value: string } } | null)?.contents.value ?? ''
  }

  async diagnostics(file: string): Promise<readonly Diagnostic[]> {
    const answer = await this.#ask('textDocument/diagnostic', { textDocument: { uri: this.#uri(file) } })
    return (answer as { readonly items: readonly Diagnostic[] }).items
  }

  async close(): Promise<void> {
    const closed = new Promise(done => this.#child.once('close', done))
    await this.#ask('shutdown')
    this.#tell('exit')
    await closed
  }

  #uri(file: string): string {
    return pathToFileURL(join(this.#folder, file)).href
  }

  #ask(method: string, params?: unknown): Promise<unknown> {
    const id = ++this.#id
    return new Promise((done, fail) => {
      this.#waiting.set(id, { done, fail })
      this.#send({ id, method, params })
    })
  }

  #tell(method: string, params?: unknown): void {
    this.#send({ method, params })
  }

  #send(message: object): void {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message })
    this.#child.stdin!.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
  }

  #receive(bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes])
    for (;;) {
      const head = this.#received.indexOf('\r\n\r\n')
      if (head < 0) return
      const length = Number(/Content-Length: (\d+)/i.exec(this.#received.toString('latin1', 0, head))?.[1])
      const end = head + 4 + length
      if (this.#received.length < end) return
      const message = JSON.parse(this.#received.toString('utf8', head + 4, end)) as Message
      this.#received = this.#received.subarray(end)
      this.#take(message)
    }
  }

  #take(message: Message): void {
    const { id, method } = message
    if (id === undefined) return
    // What it asks of an editor, such as settings, has no answer here.
    if (method !== undefined) {
      this.#send({ id, result: null })
      return
    }
    const waiting = this.#waiting.get(Number(id))
    this.#waiting.delete(Number(id))
    if (message.error) waiting?.fail(new Error(message.error.message))
    else waiting?.done(message.result)
  }
}
