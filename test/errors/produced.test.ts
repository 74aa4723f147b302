import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { codePage } from '../../src/cli/explain.js'
import { errorText } from '../../src/cli/print-error.js'
import { catalogue } from '../../src/model/errors/catalogue.js'
import { MillraceError } from '../../src/model/errors/millrace-error.js'
import { root } from '../cli/command.js'

const codes = Object.keys(catalogue) as (keyof typeof catalogue)[]

/** A text without its comments: what they name is not tested. */
const bare = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '')

interface Test {
  readonly file: string
  readonly text: string
}

/** Test files and the tables that they go through; not this folder's checks of the catalogue itself, which name no single code. */
const tests: readonly Test[] = ['src', 'connectors', 'dashboards', 'test']
  .flatMap(folder => readdirSync(join(root, folder), { withFileTypes: true, recursive: true }))
  .filter(entry => entry.isFile() && entry.name.endsWith('.ts') && !/catalogue\.test|produced\.test/.test(entry.name))
  .map(entry => join(entry.parentPath, entry.name))
  .filter(path => !path.includes('node_modules') && (/\.test\.ts$/.test(path) || path.startsWith(join(root, 'test'))))
  .map(path => ({ file: relative(root, path), text: bare(readFileSync(path, 'utf8')) }))

/** The tests in which a code is expected of what is under test: as a value that is compared, or in a text that is matched. */
const expecting = (code: string): readonly string[] =>
  tests.filter(({ text }) => new RegExp(`['"\`/^(\\[| ,{]${code}(?!\\d)`).test(text)).map(({ file }) => file)

/** Codes whose tests are still to come. Nothing else is let through. */
const awaited: ReadonlySet<string> = new Set(['MR472', 'MR474', 'MR534', 'MR535'])

describe('every error of the catalogue', () => {
  it('is expected by a test that brings it about', () => {
    expect(tests.length).toBeGreaterThan(100)
    expect(codes.filter(code => expecting(code).length === 0 && !awaited.has(code))).toEqual([])
  })

  it('is printed with its place, its remedy and the way to its page', () => {
    const place = { file: join(root, 'jobs/thermostat.job.ts'), line: 8, column: 7, length: 7 }
    for (const code of codes) {
      // Where colours are on, as in CI, they stand between the words.
      const text = stripVTControlCharacters(errorText(new MillraceError(code, `what was wrong with ${code}`, { place })))
      expect(text).toContain(`${code}  what was wrong with ${code}`)
      expect(text).toContain('jobs/thermostat.job.ts:8:7')
      expect(text).toContain(`try:  ${catalogue[code].remedy}`)
      expect(text).toContain(`millrace explain ${code}`)
      expect(codePage(code)).toContain(catalogue[code].remedy)
    }
  })
})
