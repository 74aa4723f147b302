import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { finished, root } from '../cli/command.js'

const folder = mkdtempSync(join(tmpdir(), 'millrace-guide-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const page = readFileSync(join(root, 'docs/guides/test-a-job.md'), 'utf8')
/** The files that the page consists of: blocks that begin with their name. */
const files = [...page.matchAll(/^```\w+\n(?:\/\/|#) (\S+\.\w+)\n([\s\S]*?)^```$/gm)].map(([, name, text]) => ({
  name: name!,
  text: text!,
}))

it('what the guide says of tests holds', async () => {
  expect(files.map(({ name }) => name)).toContain('readings.csv')
  expect(files.length).toBeGreaterThan(6)
  mkdirSync(folder, { recursive: true })
  for (const { name, text } of files) writeFileSync(join(folder, name), text)
  const update = await finished(['test', '--update'], { cwd: folder })
  expect(update.code, update.stdout + update.stderr).toBe(0)
  const { code, stdout } = await finished(['test'], { cwd: folder })
  expect(code, stdout).toBe(0)
  expect(stdout).toContain('5 passed')
  // The failing assertion that is shown.
  const test = files.find(({ name }) => name === 'hot-rooms.test.ts')!
  writeFileSync(join(folder, test.name), test.text.replace('mean: 21,', 'mean: 22,'))
  const failed = await finished(['test', 'hot-rooms.test.ts'], { cwd: folder })
  const shown = /```text\n(hot-rooms\.test\.ts\n[\s\S]*?)```/.exec(page)![1]!
  expect(failed.stdout.replace(/ {2}\d+ ms/, '')).toContain(shown)
  expect(failed.code).toBe(1)
})
