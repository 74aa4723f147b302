import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { finished } from '../cli/command.js'
import { goodJobFile } from './bad-job-files.js'

const folder = mkdtempSync(join(tmpdir(), 'millrace-commands-'))
const taken = createServer(socket => socket.destroy())
afterAll(() => {
  taken.close()
  rmSync(folder, { recursive: true, force: true })
})
writeFileSync(join(folder, 'good.job.ts'), goodJobFile)

describe.concurrent('commands that cannot do what they are asked', () => {
  it.each([
    ['MR630', 'a project into a folder with files', ['init', '.', '--yes']],
    ['MR631', 'a project into a folder that the system cannot make', ['init', join('x'.repeat(300), 'plant'), '--yes']],
    ['MR633', 'a list of something else', ['list', 'operatrs']],
  ])('%s: %s', async (code, _, args) => {
    const { code: exit, stdout, stderr } = await finished(args, { cwd: folder })
    expect({ exit, stdout }).toEqual({ exit: 1, stdout: '' })
    expect(stderr).toContain(`error ${code}  `)
    expect(stderr).toMatch(/= try: {2}.{10,}/)
    expect(stderr).toContain(`millrace explain ${code}`)
  })

  it('MR634: a debugger on a port that is taken', async () => {
    await new Promise<void>(resolve => taken.listen(0, '127.0.0.1', resolve))
    const { port } = taken.address() as AddressInfo
    const { code, stderr } = await finished(['dev', 'good.job.ts', '--inspect-port', `127.0.0.1:${port}`], { cwd: folder })
    expect(code).toBe(1)
    expect(stderr).toContain('error MR634  ')
    expect(stderr).toMatch(/= try: {2}.{10,}/)
  })
})
