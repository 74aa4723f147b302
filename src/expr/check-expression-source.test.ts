import { expect, test } from 'vitest'
import { MillraceError } from '../model/errors/millrace-error.js'
import { checkExpressionSource } from './check-expression-source.js'

const errorOf = (fn: unknown): MillraceError | undefined => {
  try {
    checkExpressionSource(fn, 'where')
    return undefined
  } catch (error) {
    if (error instanceof MillraceError) return error
    throw error
  }
}

/** Functions from text, so that no transpiler touches the source under test. */
const fn = (source: string): unknown => new Function(`return ${source}`)()

test.each([
  ["r => r.a.gt(1) && r.b.eq('x')", '`&&`', "write `r.a.gt(1).and(r.b.eq('x'))`"],
  ['r => r.a.gt(1) || r.b', '`||`', 'write `r.a.gt(1).or(r.b)`'],
  ['r => r.a ?? 0', '`??`', 'write `r.a.orElse(0)`'],
  ['r => !r.a', '`!`', 'write `r.a.not()`'],
  ['r => -r.a', '`-`', 'write `r.a.neg()`'],
  ["r => r.a === 'x'", '`===`', "write `r.a.eq('x')`"],
  ['r => r.a == null', '`==`', 'write `r.a.isNull()`'],
  ['r => r.a !== null', '`!==`', 'write `r.a.isNull().not()`'],
  ['r => 5 < r.a', '`<`', 'write `r.a.gt(5)`'],
  ['r => 1 - r.a', '`-`', 'write `literal(1).sub(r.a)`'],
  ["r => r.a + 1 > 3 && r.b === 'x'", '`&&`', "write `r.a.add(1).gt(3).and(r.b.eq('x'))`"],
  ['r => r.a.gt(r.b * 2)', '`*`', 'write `r.b.mul(2)`'],
  ["r => r.a ? 'x' : r.b + 1", '`?:`', "write `when(r.a).then('x').otherwise(r.b.add(1))`"],
  ['r => `alerts/${r.room}`', 'a plain template', 'write `format`alerts/${r.room}``'],
  ["r => 'alerts/' + r.room", '`+`', 'write `format`alerts/${r.room}``'],
  ['({ a }) => a > 1', '`>`', 'write `a.gt(1)`'],
  ['r => { const hot = r.a; return hot > 1 }', '`>`', 'write `hot.gt(1)`'],
  ['r => { if (r.a) return r.b; return r.c }', '`if`', 'choose by row with when(condition).then(value).otherwise(value)'],
  ['r => { switch (r.a) { case 1: return r.b } }', '`switch`', 'choose by row with when(condition).then(value).otherwise(value)'],
  ['r => [r.a, r.b].map(c => c > 1)[0]', '`>`', 'write `c.gt(1)`'],
  ['function (r) { let x = 0; x += r.a; return x }', '`+=`', undefined],
  ['r => Boolean(r.a)', 'a call of Boolean or Object.is', undefined],
  ['r => Object.is(r.a, r.b)', 'a call of Boolean or Object.is', undefined],
  ['function () { return arguments[0].a || arguments[0].b }', '`||`', undefined],
  ['r => ({ half: r.a / 2 })', '`/`', 'write `r.a.div(2)`'],
])('%s is refused', (source, operator, hint) => {
  const error = errorOf(fn(source))
  expect(error?.code).toBe('MR111')
  expect(error?.message).toBe(`where: ${operator} does not work on columns`)
  if (hint !== undefined) expect(error?.hint).toBe(hint)
  expect(error?.notes[0]).toContain('expression: ')
})

test.each([
  ['r => r.a.gt(1).and(r.b)'],
  ['r => tag`alerts/${r.room}`'],
  ['r => r.a.gt(limit > 3 ? 1 : 2)'],
  ['r => r[`field_${1 + 1}`]'],
  ['r => [1, 2].map(x => x + 1).reduce((all, x) => all.or(r.a.eq(x)), r.b)'],
  ['function (row) { return row.a }'],
  ['({ by(r) { return r.a } }).by'],
])('%s is accepted', source => {
  expect(errorOf(fn(source.replaceAll('tag', '(x => x)').replaceAll('limit', '4')))).toBeUndefined()
})

test('what has no source is refused: bound, native, classes', () => {
  const arrow = (r: unknown) => r
  for (const given of [arrow.bind(undefined), Math.abs, class {}]) expect(errorOf(given)?.code).toBe('MR114')
  expect(errorOf(42)?.code).toBe('MR113')
})

test('async functions and generators are refused', () => {
  expect(errorOf(fn('async r => r.a'))?.code).toBe('MR121')
  expect(errorOf(fn('function* (r) { yield r.a }'))?.code).toBe('MR121')
})
