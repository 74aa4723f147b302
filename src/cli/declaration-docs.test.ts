import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { declaredExports, readDoc } from './declaration-docs.js'

const folder = mkdtempSync(join(tmpdir(), 'millrace-docs-'))
afterAll(() => rmSync(folder, { recursive: true }))

it('follows exports to their declarations, leaves types out, keeps the order', () => {
  writeFileSync(
    join(folder, 'a.d.ts'),
    `/** Of another thing. */
export interface Options { readonly a: number; }
/**
 * Adds, e.g. two of
 * them. And more.
 *
 * @param a first
 * @example
 * add(1, 2) // 3
 * add(3, 4)
 */
export declare function add(a: { readonly x: number; }, b: number): number;
export declare const bare: () => void;
`,
  )
  writeFileSync(join(folder, 'b.d.ts'), `export { add } from './a.js';\n`)
  writeFileSync(
    join(folder, 'index.d.ts'),
    `export { bare, type Options } from './a.js';\nexport { add } from './b.js';\nexport type { Options as Two } from './a.js';\n`,
  )
  expect(declaredExports(join(folder, 'index.d.ts'))).toEqual([
    { name: 'bare', file: join(folder, 'a.d.ts'), summary: '', example: '', signature: 'bare: () => void' },
    {
      name: 'add',
      file: join(folder, 'a.d.ts'),
      summary: 'Adds, e.g. two of them.',
      example: 'add(1, 2) // 3',
      signature: 'add(a: { readonly x: number; }, b: number): number',
    },
  ])
})

it('a docstring of one line', () => expect(readDoc('/** The current time. */')).toEqual({ summary: 'The current time.', example: '' }))
