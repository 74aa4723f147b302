import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { finished, root, started } from '../cli/command.js'

const folders: string[] = []
const folder = (): string => {
  folders.push(mkdtempSync(join(tmpdir(), 'millrace-noted-')))
  return folders.at(-1)!
}
afterAll(() => {
  for (const path of folders) rmSync(path, { recursive: true, force: true })
})

it('notes an error that the product raises, with the place that made it', async () => {
  const noted = folder()
  const { code } = await finished(['explain', 'MR999'], { env: { MILLRACE_RAISED: noted } })
  expect(code).toBe(1)
  expect(readdirSync(noted)).toHaveLength(1)
  expect(readFileSync(join(noted, readdirSync(noted)[0]!), 'utf8')).toContain('/dist/src/cli/')
})

it('notes nothing that a test makes itself', async () => {
  const noted = folder()
  const made = pathToFileURL(join(root, 'dist/src/model/errors/millrace-error.js')).href
  const text = `import { MillraceError } from ${JSON.stringify(made)}; throw new MillraceError('MR101', 'made by a test')`
  const { stderr } = await started([process.execPath, '--input-type=module', '-e', text], { env: { MILLRACE_RAISED: noted } }).done
  expect(stderr).toContain('made by a test')
  expect(readdirSync(noted)).toEqual([])
})
