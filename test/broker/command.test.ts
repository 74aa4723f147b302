import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type Command, millrace } from '../cli/command.js'
import { until } from '../support/until.js'
import { DurablePeer } from './durable-peer.js'

const folders: string[] = []
const commands: Command[] = []
afterEach(async () => {
  for (const command of commands.splice(0)) {
    command.process.kill('SIGKILL')
    await command.done
  }
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

const broker = async (data: string): Promise<{ readonly command: Command; readonly url: string }> => {
  const command = millrace(['broker', '--listen', '127.0.0.1:0', '--data', data])
  commands.push(command)
  const [, url] = await command.said(/(amqp:\/\/\S+) /)
  return { command, url: url! }
}

describe('millrace broker --data', () => {
  it('keeps durable messages over a kill, and its folder for itself', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-broker-'))
    folders.push(folder)
    const first = await broker(folder)
    expect(first.command.stderr()).toContain(`durable messages are kept in ${folder}`)
    const sender = new DurablePeer(first.url).sender('work')
    for (let n = 0; n < 50; n++) sender.send(n)
    await until('all accepted', () => sender.accepted.length === 50)
    const second = millrace(['broker', '--listen', '127.0.0.1:0', '--data', folder])
    expect(await second.done).toMatchObject({ code: 1, stderr: expect.stringContaining('MR425') })
    first.command.process.kill('SIGKILL')
    await first.command.done
    const third = await broker(folder)
    const peer = new DurablePeer(third.url)
    const reader = peer.receiver({ source: { address: 'work' } })
    await until('all again', () => reader.got.length === 50)
    expect(reader.numbers).toEqual(Array.from({ length: 50 }, (_, n) => n))
    expect(peer.properties).toMatchObject({ product: 'Millrace', version: expect.any(String), durable: true })
    third.command.process.kill('SIGTERM')
    expect(await third.command.done).toMatchObject({ code: 0 })
  })
})
