import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { expectGolden } from '../../src/testing/index.js'
import { finished, root } from '../cli/command.js'
import { type Mistake, typicalMistakes } from './typical-mistakes.js'

const top = mkdtempSync(join(tmpdir(), 'millrace-mistakes-'))
afterAll(() => rmSync(top, { recursive: true, force: true }))
mkdirSync(join(top, 'node_modules'))
symlinkSync(join(root, 'node_modules', 'typescript'), join(top, 'node_modules', 'typescript'), 'junction')

function folderOf({ name, files }: Mistake): string {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(top, name, file)), { recursive: true })
    writeFileSync(join(top, name, file), text)
  }
  return join(top, name)
}

// One after the other: the time that a test may take is then that of its own process, not of five that share two cores.
describe('what validate says of typical mistakes', () => {
  it.each(typicalMistakes)('$name', async mistake => {
    const { code, stdout, stderr } = await finished(['validate', 'plant.job.ts', ...(mistake.args ?? [])], { cwd: folderOf(mistake) })
    expect(stdout).toBe('')
    expectGolden(`${stderr}\nexit code ${code}`, new URL(`golden/${mistake.name}.txt`, import.meta.url))
  })
})
