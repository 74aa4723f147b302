import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { finished, millrace, root } from '../cli/command.js'
import { disposals } from '../interop/disposals.js'
import { peerTest } from '../interop/peer-test.js'
import { mosquittoAvailable } from '../peers/available.js'
import { startMosquitto } from '../peers/mosquitto.js'
import { until } from '../support/until.js'
import { client, publish } from './mqtt-publisher.js'

const opened = disposals()
const page = await readFile(join(root, 'docs/guides/mqtt.md'), 'utf8')
const block = (start: RegExp): string => start.exec(page)?.[1] ?? ''

describe('the guide to MQTT', () => {
  peerTest('what it says of topics to topics holds', [mosquittoAvailable()], async () => {
    const folder = opened(await mkdtemp(join(tmpdir(), 'millrace-mqtt-guide-')), path => rm(path, { recursive: true, force: true }))
    await writeFile(join(folder, 'rooms.job.ts'), block(/^```ts\n\/\/ rooms\.job\.ts\n([\s\S]*?)^```$/m))
    const broker = opened(await startMosquitto(), it => it.stop())
    const options = { cwd: folder, env: { MILLRACE_MQTT_URL: broker.url } }

    const checked = await finished(['validate', 'rooms.job.ts'], options)
    expect(checked.code, checked.stderr).toBe(0)
    expect(`${checked.stdout}${checked.stderr}`).toContain(`${broker.url} answered as a broker of MQTT 5`)
    const { stdout } = await finished(['explain', 'rooms.job.ts'], options)
    expect(stdout).toMatch(/guarantee +at least once: results of 'alerts' may repeat after a crash/)

    const alerts: string[] = []
    const reader = opened(await client(broker.url), it => it.endAsync(true))
    reader.on('message', (_topic, payload) => void alerts.push(payload.toString()))
    await reader.subscribeAsync('alerts/#', { qos: 1 })
    const command = millrace(['run', 'rooms.job.ts', '--no-http'], options)
    await command.said(/subscribed to sensors\/\+room\/climate/)
    const sent = [...page.matchAll(/^mosquitto_pub .*-t (\S+) -m '(.*)'$/gm)]
    expect(sent).toHaveLength(3)
    for (const [, topic, text] of sent) await publish(broker.url, topic!, [text!])
    await until('the alert', () => alerts.length > 0)
    expect(`${alerts.join('\n')}\n`).toBe(block(/^```text\n([\s\S]*?)^```$/m))
    command.process.kill('SIGTERM')
    const { code, stderr } = await command.done
    expect(code, stderr).toBe(0)

    await broker.halt('stop')
    const strict = await finished(['validate', 'rooms.job.ts', '--strict'], options)
    expect(strict.code).toBe(1)
    expect(`${strict.stdout}${strict.stderr}`).toContain('MR307')
  })
})
