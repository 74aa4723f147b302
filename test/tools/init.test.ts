import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { finished } from '../cli/command.js'

const folder = mkdtempSync(join(tmpdir(), 'millrace-init-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('makes a project, in a folder with spaces, that validates and passes its test', async () => {
  const made = await finished(['init', 'My Plant', '--source', 'amqp'], { cwd: folder })
  expect(made).toMatchObject({ code: 0 })
  const cwd = join(folder, 'My Plant')
  expect(readdirSync(cwd).sort()).toEqual([
    '.gitignore',
    '.vscode',
    'README.md',
    'dashboards',
    'data',
    'my-plant.job.ts',
    'my-plant.test.ts',
    'node_modules',
    'package.json',
    'tsconfig.json',
  ])
  expect(readFileSync(join(cwd, 'my-plant.job.ts'), 'utf8')).toContain("job('my-plant'")
  const valid = await finished(['validate', 'my-plant.job.ts'], { cwd })
  expect(valid.code, valid.stderr).toBe(0)
  const tested = await finished(['test'], { cwd })
  expect(tested.code, tested.stdout + tested.stderr).toBe(0)
})

it('overwrites nothing, and names what is there', async () => {
  const taken = join(folder, 'taken')
  mkdirSync(taken)
  writeFileSync(join(taken, 'mine.txt'), 'mine')
  const { code, stderr } = await finished(['init', 'taken'], { cwd: folder })
  expect(code).toBe(1)
  expect(stderr).toMatch(/MR630 {2}taken holds mine\.txt/)
  expect(readdirSync(taken)).toEqual(['mine.txt'])
})
