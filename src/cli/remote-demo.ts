import type { DemoControl } from '../http/demo-control.js'
import type { DemoAction, DemoStatus } from '../model/demo-status.js'
import { receivedError } from './demo-error.js'
import type { FromWorker, SentError } from './demo-messages.js'

interface Call {
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** A demo that another process looks after, as the API of this one shows and moves it. */
export class RemoteDemo implements DemoControl {
  readonly #send: (message: FromWorker) => void
  readonly #followers = new Set<() => void>()
  readonly #calls = new Map<number, Call>()
  #status: DemoStatus = { actions: [], paused: false, unplugged: false, happenings: [] }
  #count = 0

  constructor(send: (message: FromWorker) => void) {
    this.#send = send
  }

  status(): DemoStatus {
    return this.#status
  }

  act(action: DemoAction): Promise<void> {
    const call = ++this.#count
    return new Promise((resolve, reject) => {
      this.#calls.set(call, { resolve, reject })
      this.#send({ type: 'act', call, action })
    })
  }

  follow(changed: () => void): () => void {
    this.#followers.add(changed)
    return () => this.#followers.delete(changed)
  }

  take(status: DemoStatus): void {
    this.#status = status
    for (const changed of this.#followers) changed()
  }

  acted(call: number, error: SentError | undefined): void {
    const found = this.#calls.get(call)
    this.#calls.delete(call)
    if (error) found?.reject(receivedError(error))
    else found?.resolve()
  }
}
