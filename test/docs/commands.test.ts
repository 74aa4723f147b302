import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DemoStatus } from '../../src/model/demo-status.js'
import { finished, millrace, root, started } from '../cli/command.js'
import { lived, someReadings, writeJob } from '../cli/lived-job.js'
import { StartedDemo } from '../demo/started-demo.js'
import { until } from '../support/until.js'

const folder = mkdtempSync(join(tmpdir(), 'millrace-commands-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const page = (path: string): string => readFileSync(join(root, 'docs', path), 'utf8')
/** The lines of the blocks of a language, without their comments. */
const linesOf = (text: string, language: string): readonly string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].flatMap(([, block]) =>
    block!
      .trim()
      .split('\n')
      .map(line => line.replace(/ +#.*$/, '')),
  )

describe('commands of the pages on journals', () => {
  const data = join(folder, 'data')
  const job = join(folder, 'room-climate.job.ts')
  const text = (parts: Parameters<typeof writeJob>[1]): string =>
    readFileSync(writeJob(join(folder, 'written'), parts), 'utf8').replace("job('rooms'", "job('room-climate'")
  beforeAll(async () => {
    writeFileSync(job, text({}))
    await lived(job, data, someReadings(), 8)
  })

  /** One as the page has it, with the folder and the time of this test. */
  const run = (command: string) => {
    const words = command.split(' ').filter(Boolean)
    expect(words[0]).toBe('millrace')
    const known: Readonly<Record<string, string>> = {
      DIR: data,
      './data/rooms': data,
      '2026-01-05T08:00': '1',
      '2026-01-05T09:00': '2099-01-01',
    }
    return finished(
      words.slice(1).map(word => known[word] ?? word),
      { cwd: folder },
    )
  }

  it('of its format', async () => {
    const commands = linesOf(page('journal-format.md'), 'sh')
    expect(commands).toHaveLength(3)
    for (const command of commands) expect(await run(command), command).toMatchObject({ code: 0, stderr: '' })
  })

  it('of replay: all do what they say, and the comparison is the one that is shown', async () => {
    const guide = page('guides/replay.md')
    const commands = linesOf(guide, 'sh')
    expect(commands.map(command => command.split(' ')[1])).toEqual(['journal', 'journal', 'journal', 'replay', 'replay', 'drain'])
    for (const command of commands.filter(command => !command.endsWith('--compare'))) {
      const { code, stderr } = await run(command)
      expect({ command, code }, stderr).toEqual({ command, code: 0 })
    }
    expect(readFileSync(join(folder, 'morning.ndjson'), 'utf8').trim().split('\n')).toHaveLength(6)
    writeFileSync(job, text({ where: '\n    where(r => r.celsius.ne(31)),' }))
    const compared = await run(commands.find(command => command.endsWith('--compare'))!)
    expect(compared.code, compared.stderr).toBe(1)
    for (const line of linesOf(guide, 'text')) expect(compared.stdout).toContain(line.replace(/…$/, ''))
  })
})

describe('commands of the guide to the demo', () => {
  const commands = linesOf(page('guides/demo.md'), 'sh')

  it('are those that this test runs', () => {
    expect(commands.map(command => command.split(' ').slice(0, 3).join(' '))).toEqual([
      'npx millrace demo',
      'curl -X POST',
      'curl http://127.0.0.1:8080/api/v1/demo',
      'npx millrace demo',
      'npx millrace run',
    ])
  })

  it('kill the job over HTTP, and tell what came of it', async () => {
    const demo = await StartedDemo.start()
    try {
      for (const command of commands.filter(command => command.startsWith('curl '))) {
        const line = command.replaceAll('http://127.0.0.1:8080', demo.url)
        // The process that is killed may be gone before its answer is.
        const { code, stdout } = await started(['bash', '-c', `${line} -s --retry 20 --retry-connrefused --retry-all-errors`]).done
        if (!line.includes('-X POST')) expect(code, stdout).toBe(0)
        if (!line.includes('-X POST')) expect(JSON.parse(stdout) as DemoStatus).toHaveProperty('happenings')
      }
      await until('the kill', async () => (await demo.status()).happenings.some(({ kind }) => kind === 'kill'), 60_000)
      expect((await demo.end()).code).toBe(0)
    } finally {
      await demo.remove()
    }
  }, 120_000)

  it('share the page of a demo and of a job, read-only and with a token', async () => {
    const shared = commands.filter(command => command.endsWith(' --share')).map(command => command.split(' ').slice(2, -1))
    const cwd = join(folder, 'shared')
    writeJob(cwd)
    for (const args of shared) {
      const named = args.map(arg => (arg.endsWith('.job.ts') ? 'rooms.job.ts' : arg))
      const command = millrace([...named, '--share', '127.0.0.2', '--http', '127.0.0.1:0', '--amqp', '127.0.0.1:0'], { cwd })
      const invited = (await command.said(/guests +(http:\S+token=[0-9a-f]{32}\S*)/))[1]!
      expect((await fetch(invited)).status).toBe(200)
      expect((await fetch(invited.replace(/token=.*/, ''))).status).toBe(401)
      command.process.kill('SIGINT')
      expect((await command.done).code).toBe(0)
    }
    expect(existsSync(join(cwd, '.millrace'))).toBe(true)
  }, 120_000)
})
