import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { finished, millrace } from './command.js'

const folder = mkdtempSync(join(tmpdir(), 'millrace-settings-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

writeFileSync(
  join(folder, 'rooms.job.ts'),
  `import { env, into, job, number, schema, text, view } from 'millrace'
import { httpSink } from 'millrace/http'
import { json, mqtt } from 'millrace/mqtt'
const Reading = schema({ room: text(), celsius: number() })
export default job('rooms', ({ read }) => {
  const readings = read('readings', mqtt({ topic: 'rooms/#', decode: json(Reading) }))
  return [readings.pipe(into(view('rooms'))), readings.pipe(into(httpSink('alerts', { url: env('ALERTS_URL') })))]
})
`,
)
const ports = ['--http', '127.0.0.1:0', '--amqp', '127.0.0.1:0']

it('run says all that options and environment lack before it announces or keeps anything', async () => {
  const { code, stdout, stderr } = await finished(['run', 'rooms.job.ts', ...ports], { cwd: folder })
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(/^error MR320 {2}'readings' of job 'rooms' has no MQTT broker$/m)
  expect(stderr).toMatch(/^error MR304 {2}'alerts' of job 'rooms': env\(ALERTS_URL\) is needed/m)
  expect(stderr).not.toMatch(/page|AMQP node|^job /m)
  expect(existsSync(join(folder, '.millrace'))).toBe(false)
})

it('dev says it, too, and waits for a change', async () => {
  const dev = millrace(['dev', 'rooms.job.ts', '--no-types', ...ports], { cwd: folder })
  await dev.said(/MR320[\s\S]*MR304[\s\S]*waiting for a change/)
  expect(dev.stderr()).not.toMatch(/page {2}/)
  dev.process.kill('SIGTERM')
  expect((await dev.done).code).toBe(0)
})
