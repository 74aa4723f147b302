import { expect, test } from 'vitest'
import { checkJobSource } from './check-job-source.js'

test.each([
  ['const t = Date.now()', 'MR130', 'Date.now', 1, 11],
  ['const t = new Date()', 'MR130', 'new Date()', 1, 11],
  ['const t = Date()', 'MR130', 'Date()', 1, 11],
  ['const clock = Date.now', 'MR130', 'Date.now', 1, 15],
  ['const t =\n  globalThis.Date.now()', 'MR130', 'Date.now', 2, 3],
  ['const t = performance.now()', 'MR130', 'performance.now', 1, 11],
  ['const t = process.hrtime.bigint()', 'MR130', 'process.hrtime', 1, 11],
  ['const n = Math.random()', 'MR131', 'Math.random', 1, 11],
  ["const n = Math['random']()", 'MR131', 'Math.random', 1, 11],
  ['const n = crypto.randomUUID()', 'MR131', 'crypto.randomUUID', 1, 11],
  ["import { randomUUID as id } from 'node:crypto'\nid()", 'MR131', 'id', 2, 1],
  ['setTimeout(() => {}, 5)', 'MR132', 'setTimeout', 1, 1],
  ['const f = () => { setInterval(() => {}, 5) }', 'MR132', 'setInterval', 1, 19],
  ['setImmediate(() => {})', 'MR132', 'setImmediate', 1, 1],
  ["await fetch('http://x')", 'MR133', 'fetch', 1, 7],
])('%s', (code, error, path, line, column) => {
  const errors = checkJobSource(code, 'a.job.js')
  expect(errors.map(e => [e.code, e.message, e.place?.line, e.place?.column])).toEqual([[error, `\`${path}\` in job code`, line, column]])
  expect(errors[0]?.hint).not.toBe('')
})

test.each([
  ['const at = new Date(1_700_000_000_000)'],
  ["const at = Date.parse('2026-01-01T00:00:00Z') + Date.UTC(2026, 1)"],
  ['const fetch = x => x; fetch(1)'],
  ['const f = setTimeout => setTimeout(1)'],
  ['export default Math.max(1, 2)'],
  ["import { createHash } from 'node:crypto'; createHash('sha256')"],
  ['const o = { fetch() {}, setTimeout: 1 }; o.fetch(o.setTimeout)'],
])('%s is fine', code => {
  expect(checkJobSource(code, 'a.job.js')).toEqual([])
})

test('all uses are reported, in order', () => {
  const code = 'Date.now()\nfunction f() { return Math.random() }\nfetch("x")'
  expect(checkJobSource(code, 'a.job.js').map(e => [e.code, e.place?.line])).toEqual([
    ['MR130', 1],
    ['MR131', 2],
    ['MR133', 3],
  ])
})

test('a syntax error has its place', () => {
  const [error, ...others] = checkJobSource('const a = 1\nconst = 2', 'broken.job.js')
  expect(others).toEqual([])
  expect(error?.code).toBe('MR134')
  expect(error?.place).toEqual({ file: 'broken.job.js', line: 2, column: 7 })
})

const helperJob = `import { aggregate, filterRows, mean, where as only } from 'millrace'
const hot = (limit, celsius) => celsius > limit
function both(a, b) { return inner(b, a) }
function inner(x, y) { const z = x; return z && y }
const plain = row => row.a > 1
export default s => s.pipe(
  only(r => hot(5, r.a)),
  only(r => both(r.a.gt(1), r.b)),
  filterRows('f', row => plain(row)),
  aggregate('a', { by: r => ({ k: r.k }), late: late => plain(late) }, { m: mean(r => r.a) }),
)`

/** As a bundler leaves it: `millrace` by URL, names kept by calls. */
const bundled = helperJob
  .replace(
    "{ aggregate, filterRows, mean, where as only } from 'millrace'",
    "{ aggregate, filterRows, job, mean, where as only } from 'file:///m/index.js'",
  )
  .replace('= (limit, celsius) => celsius > limit', '= /* @__PURE__ */ __name((limit, celsius) => celsius > limit, "hot")')

test.each([
  ['as written', helperJob],
  ['bundled', bundled],
])('functions that expressions call with columns are checked too, %s; those of rows and streams are not', (_, code) => {
  const errors = checkJobSource(code, 'a.job.js')
  expect(errors.map(e => [e.code, e.message, e.hint, e.place?.line])).toEqual([
    ['MR111', '`>` does not work on columns', 'write `celsius.gt(limit)`', 2],
    ['MR111', '`&&` does not work on columns', 'write `z.and(y)`', 4],
  ])
})

test('methods, members of objects and functions in lists are followed as well', () => {
  const code = `import { where } from 'millrace'
class Rules { static hot(r) { return r.a || r.b }
  own = r => r.a && r.b }
const rules = { warm(r) { return r.a ? r.b : r.c }, cold: r => r.a ?? r.b }
const all = [r => r.a === 3]
const fine = { plain(x) { return x + 1 }, and(x) { return x + 1 } }
export default s => s.pipe(where(r => Rules.hot(r)), where(r => new Rules().own(r)), where(r => rules.warm(r)), where(r => rules.cold(r)),
  where(r => all[0](r)), where(r => r.a.gt(fine.plain(3)).and(r.b)))`
  expect(checkJobSource(code, 'a.job.js').map(({ message, place }) => [message.split(' ')[0], place?.line])).toEqual([
    ['`||`', 2],
    ['`&&`', 3],
    ['`?:`', 4],
    ['`??`', 4],
    ['`===`', 5],
  ])
})

test.each([
  ["import { scan } from 'rxjs'\nexport default rx('x', scan(f))", 'scan', 'aggregate'],
  ["import { debounceTime as wait } from 'rxjs/operators'\nexport default rx('x', wait(5))", 'wait', 'eventTime'],
  ["import { merge } from 'file:///m/node_modules/rxjs/dist/cjs/index.js'\nexport default merge(a, b)", 'merge', "merge('id'"],
])('RxJS operators with state or time are refused with their counterpart: %s', (code, name, counterpart) => {
  const errors = checkJobSource(code, 'a.job.js')
  expect(errors.map(e => [e.code, e.message, e.place?.line])).toEqual([['MR135', `\`${name}\` in job code`, 2]])
  expect(errors[0]?.hint).toContain(counterpart)
  expect(checkJobSource("import { map, tap } from 'rxjs'\nrx('x', map(f)); tap(g)", 'a.job.js')).toEqual([])
})
