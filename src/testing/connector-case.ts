/** One case of a conformance suite, for whatever runner: it passes when `run` resolves, and fails when it rejects with the reason. */
export interface ConformanceCase {
  readonly name: string
  run(): Promise<void>
}

/** Ends a case that found a breach of the contract; `detail` is shown as JSON. */
export function breach(what: string, detail?: unknown): never {
  throw new Error(detail === undefined ? what : `${what}: ${JSON.stringify(detail)?.slice(0, 2_000)}`)
}

/** @throws Error where what the contract says does not hold. */
export function mustBe(holds: boolean, what: string, detail?: unknown): asserts holds {
  if (!holds) breach(what, detail)
}

const equal = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** @throws Error where two lists differ, with the first difference. */
export function mustEqual(got: readonly unknown[], wanted: readonly unknown[], what: string): void {
  const at = wanted.findIndex((value, i) => !equal(value, got[i]))
  if (at < 0 && got.length === wanted.length) return
  const first = at < 0 ? wanted.length : at
  breach(`${what}: ${got.length} instead of ${wanted.length}, first difference at ${first}`, { got: got[first], wanted: wanted[first] })
}
