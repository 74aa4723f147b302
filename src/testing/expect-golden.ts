import { AssertionError } from 'node:assert'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Compares a text with a golden file, such as the plan of a job: `expectGolden(planText(job), new URL('plan.txt', import.meta.url))`.
 * `millrace test --update`, or `MILLRACE_UPDATE=1`, writes the file instead.
 *
 * @param file from the current folder, or `new URL('golden/climate.txt', import.meta.url)` for one beside the test.
 * @throws AssertionError where they differ, or the file is missing.
 * @example
 * test('the greeting stays', () => expectGolden('hello', new URL('golden/greeting.txt', import.meta.url)))
 */
export function expectGolden(text: string, file: string | URL): void {
  const path = file instanceof URL ? fileURLToPath(file) : file
  const actual = `${text.trimEnd()}\n`
  if (process.env['MILLRACE_UPDATE'] === '1') {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, actual)
    return
  }
  const expected = textOf(path)
  if (actual === expected) return
  const what =
    expected === undefined ? `there is no golden file ${path}` : `${path} differs, first in line ${firstDifference(actual, expected)}`
  throw new AssertionError({
    message: `${what}\nif that is meant: millrace test --update`,
    actual,
    expected,
    operator: 'expectGolden',
    stackStartFn: expectGolden,
  })
}

function textOf(path: string): string | undefined {
  try {
    // Git may have given the file line ends of its own.
    return readFileSync(path, 'utf8').replaceAll('\r\n', '\n')
  } catch {
    return undefined
  }
}

function firstDifference(actual: string, expected: string): string {
  const lines = expected.split('\n')
  const at = actual.split('\n').findIndex((line, i) => line !== lines[i])
  const shown = at < 0 ? actual.split('\n').length : at
  return `${shown + 1}:\n  - ${lines[shown] ?? '(end)'}\n  + ${actual.split('\n')[shown] ?? '(end)'}`
}
