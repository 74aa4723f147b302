import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { testPlace } from './test-place.js'
import { typeErrors } from './type-errors.js'

it('reads what tsc prints, with further lines as notes', () => {
  const output = `plant.job.ts(12,7): error TS2322: Type 'string' is not assignable to type 'number'.
../parts/a.ts(3,1): error TS2375: Type 'A' is not assignable to type 'B'.
  Types of property 'x' are incompatible.
    Type 'C' is not assignable to type 'D'.
Found 2 errors.
`
  expect(typeErrors(output, '/plant/jobs')).toMatchObject([
    {
      code: 'MR609',
      message: "TS2322 Type 'string' is not assignable to type 'number'.",
      place: { file: resolve('/plant/jobs/plant.job.ts'), line: 12, column: 7 },
      notes: [],
    },
    {
      place: { file: resolve('/plant/parts/a.ts'), line: 3, column: 1 },
      notes: ["Types of property 'x' are incompatible.", "Type 'C' is not assignable to type 'D'."],
    },
  ])
  expect(typeErrors('error TS5083: Cannot read file', '/plant')).toEqual([])
})

it('finds the first frame of the author in a stack', () => {
  const stack = `AssertionError: no
    at expectRows (/opt/millrace/src/testing/expect-rows.ts:40:9)
    at /plant/node_modules/chai/index.js:1:1
    at async Test.run (node:internal/test_runner/test:796:25)
    at check (file:///plant/with%20space/rooms.test.ts:12:5)
    at /plant/other.test.ts:1:1`
  expect(testPlace(stack, ['/opt/millrace/src/'])).toEqual({ file: resolve('/plant/with space/rooms.test.ts'), line: 12, column: 5 })
  expect(testPlace('Error: x', [])).toBeUndefined()
})
