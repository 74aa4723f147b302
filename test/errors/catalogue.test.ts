import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { codePage } from '../../src/cli/explain.js'
import { catalogue } from '../../src/model/errors/catalogue.js'
import { finished, root } from '../cli/command.js'

const codes = Object.keys(catalogue) as (keyof typeof catalogue)[]

const sources = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter(entry => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
    .map(entry => join(entry.parentPath, entry.name))

describe('the error catalogue', () => {
  it('equals docs/errors.md', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['scripts/errors-doc.js', '--print'], { cwd: root, maxBuffer: 2 ** 24 })
    expect(readFileSync(join(root, 'docs/errors.md'), 'utf8'), 'run: node scripts/errors-doc.js').toBe(stdout)
    for (const code of codes) {
      const { title, cause, remedy } = catalogue[code]
      expect(stdout).toContain(`### ${code}: ${title}\n\n${cause}\n\n- What to do: ${remedy}\n`)
    }
    expect(stdout.match(/^### /gm)).toHaveLength(codes.length)
  })

  it('equals `millrace explain`', async () => {
    for (const code of codes) {
      const { title, cause, remedy } = catalogue[code]
      expect(codePage(code)).toMatch(new RegExp(`^${code} {2}`))
      for (const text of [title, cause, remedy]) expect(codePage(code)).toContain(text)
    }
    const { code, stdout, stderr } = await finished(['explain', 'mr104'])
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: codePage('MR104'), stderr: '' })
  })

  it('defines each code once, in one table', () => {
    const defined = sources('src/model/errors').flatMap(path =>
      [...readFileSync(path, 'utf8').matchAll(/^ {2}(MR\d+): \{/gm)].map(match => match[1]!),
    )
    expect(defined.length).toBeGreaterThan(80)
    expect([...defined].sort()).toEqual([...codes].sort())
  })

  it('has no code that nothing uses', () => {
    const text = [...sources('src'), ...sources('connectors')]
      .filter(path => !path.includes(join('model', 'errors')))
      .map(path => readFileSync(path, 'utf8').replace(/\/\*[\s\S]*?\*\/|^ *\/\/.*$/gm, ''))
      .join('\n')
    expect(codes.filter(code => !new RegExp(`\\b${code}\\b`).test(text))).toEqual([])
  })

  it('is written in plain sentences', () => {
    for (const code of codes) {
      const { title, cause, remedy } = catalogue[code]
      expect(title, code).not.toMatch(/\.$|\n/)
      expect(cause, code).toMatch(/^.{15,}[.!]\)?$/)
      expect(remedy, code).toMatch(/^.{8,}[.!]$/)
    }
  })
})
