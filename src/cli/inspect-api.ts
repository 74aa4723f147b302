import { catalogue, type ErrorCode } from '../model/errors/catalogue.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import { systemTime } from '../runtime/seams/system-time.js'

/** How much of a text that is no answer of ours is shown. */
const shownChars = 80

/** The API of a running process, as commands ask it. */
export class InspectApi {
  readonly url: string
  readonly #patience: number

  /** @param patience real ms that an answer may keep us waiting for its head, and for each further part of its body. */
  constructor(url: string, patience = 10_000) {
    this.url = url
    this.#patience = patience
  }

  /** @throws MR476, MR477, or the error that the API answers with. */
  async get<T>(path: string): Promise<T> {
    return (await this.#json(await this.#ask(path))) as T
  }

  /** A list, and whether the limit cut it off. @throws as `get` */
  async list<T>(path: string): Promise<{ readonly items: readonly T[]; readonly more: boolean }> {
    const answer = await this.#ask(path)
    const items = await this.#json(answer)
    if (!Array.isArray(items)) throw this.#foreign('no list')
    return { items: items as readonly T[], more: answer.headers.get('millrace-more') === 'true' }
  }

  /** @throws as `get` */
  async bytes(path: string): Promise<Uint8Array> {
    return this.#body(await this.#ask(path))
  }

  /** Acts: with the header that says so. @throws as `get` */
  async post<T>(path: string): Promise<T> {
    return (await this.#json(await this.#ask(path, { method: 'POST', headers: { 'millrace-action': '1' } }))) as T
  }

  /** Server-sent events, until their end; `signal` ends them from here. @throws as `get` */
  async *events(path: string, signal: AbortSignal): AsyncGenerator<{ readonly event: string; readonly data: unknown }> {
    const answer = await this.#ask(path, {}, signal)
    let text = ''
    try {
      for await (const part of answer.body!.pipeThrough(new TextDecoderStream())) {
        const frames = (text + part).split('\n\n')
        text = frames.pop()!
        for (const frame of frames) {
          const event = /^event: (.*)$/m.exec(frame)?.[1]
          const data = /^data: (.*)$/m.exec(frame)?.[1]
          if (event !== undefined && data !== undefined) yield { event, data: JSON.parse(data) }
        }
      }
    } catch (error) {
      if (signal.aborted) return
      throw this.#away(error)
    }
  }

  async #ask(path: string, init: RequestInit = {}, signal?: AbortSignal): Promise<Response> {
    const late = new AbortController()
    const cancel = systemTime.after(this.#patience, () => late.abort())
    try {
      const answer = await fetch(`${this.url}/api/v1${path}`, {
        ...init,
        signal: signal ? AbortSignal.any([late.signal, signal]) : late.signal,
      })
      if (!answer.ok) throw await this.#problem(answer)
      return answer
    } catch (error) {
      if (error instanceof MillraceError) throw error
      throw this.#away(late.signal.aborted ? this.#tooLate() : error)
    } finally {
      cancel()
    }
  }

  async #json(answer: Response): Promise<unknown> {
    const text = new TextDecoder().decode(await this.#body(answer))
    try {
      return JSON.parse(text)
    } catch {
      throw this.#foreign(text)
    }
  }

  async #body(answer: Response): Promise<Uint8Array> {
    const parts: Uint8Array[] = []
    const reader = answer.body?.getReader()
    if (!reader) return new Uint8Array(0)
    try {
      for (;;) {
        const { done, value } = await this.#inTime(reader.read())
        if (done) return Buffer.concat(parts)
        parts.push(value)
      }
    } catch (error) {
      await reader.cancel().catch(() => undefined)
      throw this.#away(error)
    }
  }

  /** Rejects where it takes longer than we wait. */
  #inTime<T>(part: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const cancel = systemTime.after(this.#patience, () => reject(this.#tooLate()))
      part.then(resolve, reject).finally(cancel)
    })
  }

  #tooLate(): Error {
    return new Error(`no answer within ${this.#patience / 1_000} s`)
  }

  /** What the API says is wrong, as an error here. */
  async #problem(answer: Response): Promise<MillraceError> {
    const text = await answer.text()
    try {
      const { code, detail, hint } = JSON.parse(text) as { readonly code: string; readonly detail: string; readonly hint?: string }
      if (Object.hasOwn(catalogue, code)) return new MillraceError(code as ErrorCode, detail, hint === undefined ? {} : { hint })
    } catch {
      // Not a problem document: it is told as it is.
    }
    return this.#foreign(`${answer.status} ${text}`)
  }

  #away(thrown: unknown): MillraceError {
    const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown
    return new MillraceError('MR476', `nothing answers at ${this.url}: ${reasonOf(cause)}`, { cause: thrown })
  }

  #foreign(text: string): MillraceError {
    const said = text
      .slice(0, shownChars)
      .replace(/[\p{Cc}\p{Cf}\uFFFD]+/gu, ' ')
      .trim()
    return new MillraceError('MR477', `${this.url} answers, and not as Millrace does: ${said === '' ? 'nothing' : said}`)
  }
}

/** Node tries every address of a name, and then says nothing but their codes. */
function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown)
  const code = 'code' in thrown ? String(thrown.code) : ''
  if (code === 'ECONNREFUSED') return 'connection refused'
  return thrown.message === '' ? code : thrown.message
}
