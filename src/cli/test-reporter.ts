import { join, resolve, sep } from 'node:path'
import pc from 'picocolors'
import { MillraceError } from '../model/errors/millrace-error.js'
import { codeFrame, shownPath } from './code-frame.js'
import { packageRoot } from './package-root.js'
import { errorText } from './print-error.js'
import { testPlace } from './test-place.js'

/** What Node's test runner tells its reporters, as far as it is shown. */
interface TestEvent {
  readonly type: string
  readonly data: {
    readonly name?: string
    readonly nesting?: number
    readonly file?: string
    readonly message?: string
    readonly skip?: boolean | string
    readonly todo?: boolean | string
    readonly details?: { readonly duration_ms?: number; readonly type?: string; readonly error?: TestFailure }
  }
}

interface TestFailure {
  readonly failureType?: string
  readonly message?: string
  readonly cause?: unknown
}

/** Modules of the run and the files that they were made from, as the command that started it says. */
const sources: Readonly<Record<string, string>> = JSON.parse(process.env['MILLRACE_TEST_FILES'] ?? '{}') as Record<string, string>
/** Frames of Millrace itself are no help to authors. */
const ownFolders = ['dist', 'src'].map(name => join(packageRoot, name) + sep)
/** A slower test says how long it took. */
const slowMs = 100

/** Shows results of `node --test` as `millrace test` prints them: a line a test, and for failures the author's line. */
export default async function* testReporter(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const counts = { passed: 0, failed: 0, skipped: 0 }
  const names: string[] = []
  let file = ''
  for await (const { type, data } of events) {
    if (type === 'test:stdout' || type === 'test:stderr') yield data.message ?? ''
    if (type === 'test:start') names.splice(data.nesting ?? 0, names.length, data.name ?? '')
    if (type !== 'test:pass' && type !== 'test:fail') continue
    const { details = {}, nesting = 0 } = data
    const failure = type === 'test:fail' ? details.error : undefined
    // Suites speak through their tests, and tests that a filter left out are not spoken of.
    const own = nesting === 0 && data.name !== undefined && resolve(data.name) in sources
    if (failure?.failureType === 'subtestsFailed' || (!failure && (details.type === 'suite' || own))) continue
    if (typeof data.skip === 'string' && data.skip.includes('does not match')) continue
    const path = sources[own ? resolve(data.name!) : (data.file ?? '')] ?? data.file ?? ''
    if (path !== file) yield `${file === '' ? '' : '\n'}${pc.bold(shownPath(path))}\n`
    file = path
    names.splice(nesting, names.length, data.name ?? '')
    const name = own ? 'the file itself' : names.join(pc.dim(' › '))
    if (failure) counts.failed++
    else if (data.skip !== undefined || data.todo !== undefined) counts.skipped++
    else counts.passed++
    const mark = failure ? pc.red('✗') : data.skip !== undefined || data.todo !== undefined ? pc.yellow('-') : pc.green('✓')
    const ms = Math.round(details.duration_ms ?? 0)
    yield `  ${mark} ${name}${ms >= slowMs ? pc.dim(`  ${ms} ms`) : ''}\n`
    if (failure) yield `${indented(failureText(failure), 4)}\n`
  }
  const { passed, failed, skipped } = counts
  if (passed + failed + skipped === 0) {
    // Nothing has passed: a script must not take that for success.
    process.exitCode = 1
    return yield `${errorText(nothingRan())}\n`
  }
  const parts = [
    ...(failed > 0 ? [pc.red(`${failed} failed`)] : []),
    pc.green(`${passed} passed`),
    ...(skipped > 0 ? [pc.yellow(`${skipped} skipped`)] : []),
  ]
  yield `\n${parts.join(', ')}\n`
}

function nothingRan(): MillraceError {
  const filter = process.env['MILLRACE_TEST_FILTER']
  if (filter !== undefined)
    return new MillraceError('MR640', `no test fits --filter ${filter}`, { hint: 'Names are those given to test(…) and describe(…).' })
  return new MillraceError('MR640', 'no test was run', { hint: "Write test('what holds', () => { … }) of node:test in the files." })
}

/** What was thrown, and the author's line that it comes from. */
function failureText({ cause, message = '' }: TestFailure): string {
  if (!(cause instanceof Error)) return String(cause ?? message)
  const { code } = cause as { readonly code?: unknown }
  const isMillrace = typeof code === 'string' && /^MR\d+$/.test(code)
  const title = cause.name === 'AssertionError' || code === 'ERR_ASSERTION' ? '' : isMillrace ? `${code}  ` : `${cause.name}: `
  const place = testPlace(cause.stack ?? '', ownFolders)
  const lines = [`${pc.red(title)}${cause.message.trimEnd()}`, ...(place ? codeFrame(place) : [])]
  const { hint } = cause as { readonly hint?: unknown }
  if (typeof hint === 'string') lines.push(`  ${pc.dim('=')} try:  ${hint}`)
  if (isMillrace) lines.push(`  ${pc.dim('=')} docs: millrace explain ${code}`)
  return lines.join('\n')
}

const indented = (text: string, by: number): string => text.replaceAll(/^(?=.)/gm, ' '.repeat(by))
