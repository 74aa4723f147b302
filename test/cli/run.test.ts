import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { bodyText, DeviceLink } from '../../src/demo/device-link.js'
import { systemTime } from '../../src/runtime/seams/system-time.js'
import { freePort } from '../peers/free-port.js'
import { until } from '../support/until.js'
import { type Command, finished, millrace } from './command.js'
import { running } from './running.js'
import { jsonMessage, sendAll } from './sender.js'

const folder = mkdtempSync(join(tmpdir(), 'millrace-run-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Far from any `node_modules`: `millrace` resolves from the running command alone. */
const job = join(folder, 'rooms.job.ts')
writeFileSync(
  job,
  `import { aggregate, count, eventTime, into, job, max, number, schema, text, timestamp, tumbling, view, where } from 'millrace'
import { amqp, amqpSink, json, messageId } from 'millrace/amqp'
const Reading = schema({ room: text(), celsius: number(), at: timestamp('rfc3339') })
export default job('rooms', ({ read }) => {
  const climate = read('readings', amqp({ address: 'telemetry', id: messageId(), decode: json(Reading) })).pipe(
    eventTime(r => r.at, { outOfOrderness: '1s' }),
    aggregate('climate', { by: r => ({ room: r.room }), over: tumbling('1m') }, { peak: max(r => r.celsius), n: count() }),
  )
  return [climate.pipe(into(view('climate'))), climate.pipe(where(w => w.peak.gt(28)), into(amqpSink('alerts', { address: 'alerts' })))]
})
`,
)

const start = Date.UTC(2024, 0, 1)
const reading = (id: string, seconds: number, celsius = 20, room = 'hall') =>
  jsonMessage({ room, celsius, at: new Date(start + seconds * 1_000).toISOString() }, id)
const lines = (text: string): readonly Readonly<Record<string, unknown>>[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line) as Readonly<Record<string, unknown>>)

const stopped = async (command: Command) => {
  command.process.kill('SIGTERM')
  return command.done
}

/** Sees to it that a port is taken until it is left: by us, or by whoever has it already, and by us from the moment that they go. */
async function kept(port: number): Promise<() => void> {
  const holder = createServer(socket => socket.destroy())
  let left = false
  const take = (): void => void (left || holder.listen(port, '127.0.0.1'))
  const isTaken = new Promise<void>(resolve => {
    holder.on('error', () => {
      resolve()
      setTimeout(take, 1)
    })
    holder.on('listening', () => {
      resolve()
      if (left) holder.close()
    })
  })
  take()
  await isTaken
  return () => {
    left = true
    holder.close()
  }
}

describe.concurrent('run', () => {
  it('takes messages of a device, and gives rows to the API, to stdout and to an address', async () => {
    const process = await running([job, '--results', 'ndjson', '--data', join(folder, 'live')])
    const heard: unknown[] = []
    const link = new DeviceLink(process.amqp, 'listener', systemTime)
    link.listen('alerts', 'queue', message => heard.push(JSON.parse(bodyText(message))))
    await sendAll(process.amqp, 'telemetry', [
      reading('1', 1),
      reading('2', 2, 31),
      reading('2', 2, 31),
      reading('3', 3, 19, 'loft'),
      reading('4', 125),
    ])
    const rows = await until('two rows', async () => {
      const found = await process.rows('climate')
      return found.length === 2 ? found : undefined
    })
    const window = { window_start: '2024-01-01T00:00:00.000Z', window_end: '2024-01-01T00:01:00.000Z', final: true, revision: 0 }
    const hall = { ...window, room: 'hall', peak: 31, n: 2 }
    expect(rows).toEqual([hall, { ...window, room: 'loft', peak: 19, n: 1 }])
    await until('the alert', () => (heard.length > 0 ? true : undefined))
    expect(heard).toEqual([expect.objectContaining({ room: 'hall', peak: 31 })])
    expect((await process.jobs())[0]!.counts).toMatchObject({ received: 5, counted: 4, duplicate: 1, late: 0, deadLettered: 0 })
    expect((await process.jobs())[0]!.guarantee).toMatchObject({
      level: 'exactly-once',
      label: "exactly once within 1,000,000 ids or 10 minutes, as the only consumer, while the peer of 'alerts' remembers 20,000 ids",
    })
    link.close()
    const { code, stdout, stderr } = await process.stop()
    expect(code).toBe(0)
    expect(lines(stdout)).toEqual([
      { result: 'climate', ...hall },
      { result: 'climate', ...window, room: 'loft', peak: 19, n: 1 },
      { result: 'alerts', ...hall },
    ])
    expect(stderr).toContain('durable messages are kept in ')
    // The sink may have been on its way to the node when this was said.
    expect(stderr).toMatch(/rooms +(exactly once within|at least once: results of 'alerts' may repeat, unless its peer drops them)/)
  })

  it('at SIGTERM keeps open windows and known ids; the next start carries on', async () => {
    const data = join(folder, 'carried')
    const first = await running([job, '--results', 'ndjson', '--data', data])
    await sendAll(first.amqp, 'telemetry', [reading('1', 1), reading('2', 2), reading('3', 3)])
    await until('three counted', async () => ((await first.jobs())[0]!.counts.counted === 3 ? true : undefined))
    expect(await first.stop()).toMatchObject({ code: 0, stdout: '' })

    const second = await running([job, '--results', 'ndjson', '--data', data])
    await sendAll(second.amqp, 'telemetry', [reading('3', 3), reading('4', 40), reading('5', 50), reading('6', 125)])
    await until('the row', () => (second.command.stdout() === '' ? undefined : true))
    const { code, stdout } = await second.stop()
    expect(code).toBe(0)
    expect(lines(stdout)).toMatchObject([{ result: 'climate', room: 'hall', n: 5, revision: 0 }])
  })

  it('SIGTERM under load and a new start lose nothing and count nothing twice, with a broker in another process', async () => {
    const total = 20_000
    const broker = millrace(['broker', '--listen', '127.0.0.1:0'])
    const url = (await broker.said(/AMQP node +(amqp:\S+)/))[1]!
    const data = join(folder, 'loaded')
    await sendAll(
      url,
      'telemetry',
      Array.from({ length: total }, (_, i) => reading(`m${i}`, 1 + (i % 50))),
    )
    const run = async () => {
      const command = millrace(['run', job, '--results', 'ndjson', '--data', data, '--http', '127.0.0.1:0'], {
        env: { MILLRACE_AMQP_URL: url },
      })
      const http = (await command.said(/page +(http:\S+)/))[1]!
      const received = async () =>
        ((await (await fetch(`${http}/api/v1/jobs`)).json()) as { counts: { received: number } }[])[0]!.counts.received
      return { command, received }
    }
    const first = await run()
    await until('the first messages', async () => ((await first.received()) > 0 ? true : undefined))
    expect(await stopped(first.command)).toMatchObject({ code: 0, stdout: '' })

    const second = await run()
    await sendAll(url, 'telemetry', [reading('last', 200)])
    await until('the row', () => (second.command.stdout() === '' ? undefined : true), 30_000)
    const { code, stdout } = await stopped(second.command)
    expect(code).toBe(0)
    expect(lines(stdout)).toMatchObject([{ room: 'hall', n: total, revision: 0 }])
    expect((await stopped(broker)).code).toBe(0)
  })

  it('takes free ports where the default ones are taken, and says so', async () => {
    const leave = await Promise.all([8080, 5672].map(kept))
    const command = millrace(['run', job, '--data', join(folder, 'ports')])
    await command.said(/port 8080 is taken; a free one was found/)
    await command.said(/port 5672 is taken; to use the broker there, set MILLRACE_AMQP_URL=amqp:\/\/127\.0\.0\.1:5672/)
    const page = (await command.said(/page +(http:\S+)/))[1]!
    expect((await fetch(`${page}/healthz`)).ok).toBe(true)
    expect((await stopped(command)).code).toBe(0)
    for (const each of leave) each()
  })

  it('--no-http serves no page', async () => {
    const command = millrace(['run', job, '--no-http', '--amqp', '127.0.0.1:0', '--data', join(folder, 'no-http')])
    await command.said(/attached to telemetry/)
    const { code, stderr } = await stopped(command)
    expect(code).toBe(0)
    expect(stderr).not.toContain('http://')
  })

  it('--quiet says nothing while all is well', async () => {
    const url = `127.0.0.1:${await freePort()}`
    const command = millrace(['run', job, '--quiet', '--amqp', '127.0.0.1:0', '--http', url, '--data', join(folder, 'quiet')])
    await until('ready', async () => ((await fetch(`http://${url}/readyz`)).ok ? true : undefined))
    const { code, stdout, stderr } = await stopped(command)
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: '' })
  })

  it('colours only where they are wanted', async () => {
    const coloured = `${String.fromCharCode(27)}[`
    const absent = ['explain', 'MR999']
    expect((await finished(absent)).stderr).not.toContain(coloured)
    expect((await finished(absent, { env: { NO_COLOR: '', FORCE_COLOR: '1' } })).stderr).toContain(coloured)
  })

  it('messages as JSON lines with --json: where it is reached, its end, and why it cannot start', async () => {
    const url = `127.0.0.1:${await freePort()}`
    const args = ['--json', '--amqp', '127.0.0.1:0', '--http', url, '--data', join(folder, 'lines')]
    const command = millrace(['run', job, ...args])
    await until('ready', async () => ((await fetch(`http://${url}/readyz`)).ok ? true : undefined))
    const taken = await finished(['run', job, ...args, '--data', join(folder, 'other')])
    // Before the peer has said what it drops, at least once is what can be promised; a raise is told.
    await command.said(/"(?:guarantee":"|message":"guarantee of 'rooms': )exactly once/)
    const { code, stderr } = await stopped(command)
    expect({ code, failed: taken.code }).toEqual({ code: 0, failed: 1 })
    for (const told of [
      { message: 'AMQP node', url: expect.stringContaining('amqp://') as string },
      { message: 'page', url: `http://${url}` },
      { message: 'job', job: 'rooms', guarantee: expect.stringContaining(' once') as string },
      { message: 'stopping: credit off, sinks finish, state is saved' },
    ])
      expect(lines(stderr)).toContainEqual(expect.objectContaining({ level: 'info', ...told }))
    expect(lines(taken.stderr)).toMatchObject([{ level: 'error', code: 'MR503', hint: expect.any(String) as string }])
  })

  it('messages as JSON lines with --json: what is wrong while it runs', async () => {
    const command = millrace(['run', job, '--json', '--quiet', '--no-http', '--data', join(folder, 'json')], {
      env: { MILLRACE_AMQP_URL: 'amqp://127.0.0.1:1' },
    })
    await command.said(/MR307/)
    const { code, stderr } = await stopped(command)
    expect(code).toBe(0)
    expect(lines(stderr)[0]).toMatchObject({
      level: 'warn',
      code: 'MR307',
      message: expect.stringContaining('connection refused') as string,
    })
  })
})
