import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { codePage } from '../../src/cli/explain.js'
import { errorText } from '../../src/cli/print-error.js'
import { catalogue } from '../../src/model/errors/catalogue.js'
import { MillraceError } from '../../src/model/errors/millrace-error.js'
import { root } from '../cli/command.js'

const codes = Object.keys(catalogue) as (keyof typeof catalogue)[]

describe('every error of the catalogue', () => {
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
