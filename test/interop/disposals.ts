import { afterEach } from 'vitest'

/** Keeps what a test file opens, and ends it after each test, the last first, also where one cannot be ended. */
export function disposals(): <T>(thing: T, dispose: (thing: T) => Promise<unknown>) => T {
  const open: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    const failures: unknown[] = []
    for (const dispose of open.splice(0).reverse()) {
      try {
        await dispose()
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
  })
  return (thing, dispose) => {
    open.push(() => dispose(thing))
    return thing
  }
}
