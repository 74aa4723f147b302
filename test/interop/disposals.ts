import { afterEach } from 'vitest'

/** Keeps what a test file opens, and ends it after each test, the last first. */
export function disposals(): <T>(thing: T, dispose: (thing: T) => Promise<unknown>) => T {
  const open: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const dispose of open.splice(0).reverse()) await dispose()
  })
  return (thing, dispose) => {
    open.push(() => dispose(thing))
    return thing
  }
}
