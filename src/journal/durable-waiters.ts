import type { MillraceError } from '../model/errors/millrace-error.js'

interface Waiter {
  readonly record: number
  readonly resolve: () => void
  readonly reject: (error: MillraceError) => void
}

/** Those who wait until a record is durable. */
export class DurableWaiters {
  #waiters: Waiter[] = []

  until(record: number): Promise<void> {
    return new Promise((resolve, reject) => this.#waiters.push({ record, resolve, reject }))
  }

  rise(durable: number): void {
    const ready = this.#waiters.filter(({ record }) => record <= durable)
    if (ready.length === 0) return
    this.#waiters = this.#waiters.filter(({ record }) => record > durable)
    for (const { resolve } of ready) resolve()
  }

  fail(error: MillraceError): void {
    const waiters = this.#waiters
    this.#waiters = []
    for (const { reject } of waiters) reject(error)
  }
}
