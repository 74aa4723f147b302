import { describe, expect, it } from 'vitest'
import { createContainer } from '../../src/amqp/rhea.js'
import { bodyText } from '../../src/demo/device-link.js'
import { until } from '../support/until.js'
import { type Command, millrace } from './command.js'
import { sendAll } from './sender.js'

async function broker(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ readonly command: Command; readonly url: URL }> {
  const command = millrace(['broker', '--listen', '127.0.0.1:0', ...args], { env })
  return { command, url: new URL((await command.said(/AMQP node +(amqp:\S+)/))[1]!) }
}

const stop = async ({ process, done }: Command) => {
  process.kill('SIGTERM')
  return (await done).code
}

/** A receiver of AMQP's own library, as another program would have; gives the texts it hears. */
function receive(
  url: URL,
  address: string,
  capability?: string,
): { readonly heard: string[]; readonly close: () => void; readonly open: Promise<void> } {
  const heard: string[] = []
  const container = createContainer({ id: `receiver-${address}`, onError: () => undefined })
  const { username, password } = url
  const connection = container.connect({
    host: url.hostname,
    port: Number(url.port),
    ...(username ? { username, password } : { username: 'anonymous' }),
    reconnect: false,
  })
  const receiver = connection.open_receiver({ source: { address, ...(capability && { capabilities: [capability] }) }, autoaccept: true })
  receiver.on('message', ({ message }) => heard.push(bodyText(message)))
  return { heard, close: () => connection.close(), open: new Promise(resolve => receiver.once('receiver_open', () => resolve())) }
}

describe.concurrent('broker', () => {
  it('keeps messages of a queue until somebody reads them, and gives each once', async () => {
    const { command, url } = await broker(['--address', 'orders:queue'])
    await sendAll(
      url.href,
      'orders',
      ['a', 'b', 'c'].map(text => ({ body: { value: text } })),
    )
    const reader = receive(url, 'orders')
    await until('three messages', () => (reader.heard.length === 3 ? true : undefined))
    expect(reader.heard).toEqual(['a', 'b', 'c'])
    reader.close()
    expect(await stop(command)).toBe(0)
  })

  it('gives every reader of a topic its own copy', async () => {
    const { command, url } = await broker(['--address', 'news:topic'])
    const readers = [receive(url, 'news'), receive(url, 'news')]
    await Promise.all(readers.map(({ open }) => open))
    await sendAll(
      url.href,
      'news',
      ['a', 'b'].map(text => ({ body: { value: text } })),
    )
    await until('both readers', () => (readers.every(({ heard }) => heard.length === 2) ? true : undefined))
    for (const { heard, close } of readers) {
      expect(heard).toEqual(['a', 'b'])
      close()
    }
    expect(await stop(command)).toBe(0)
  })

  it('with a user admits nobody else', async () => {
    const { command, url } = await broker(['--user', 'plant:PLANT_PASSWORD'], { PLANT_PASSWORD: 'right' })
    const as = (name: string, password: string): string => url.href.replace('amqp://', `amqp://${name}:${password}@`)
    expect(await sendAll(as('plant', 'right'), 'orders', [{ body: { value: 'a' } }])).toEqual(['accepted'])
    await expect(sendAll(as('plant', 'wrong'), 'orders', [{ body: { value: 'a' } }], 1_500)).rejects.toThrow('0 of 1')
    await expect(sendAll(url.href, 'orders', [{ body: { value: 'a' } }], 1_500)).rejects.toThrow('0 of 1')
    expect(command.stderr()).not.toContain('right')
    expect(await stop(command)).toBe(0)
  })

  it('prints its address as JSON for programs', async () => {
    const command = millrace(['broker', '--listen', '127.0.0.1:0', '--json'])
    const text = await until('the address', () => (command.stdout().endsWith('\n') ? command.stdout() : undefined))
    expect(JSON.parse(text)).toEqual({ url: expect.stringMatching(/^amqp:\/\/127\.0\.0\.1:\d+$/) as string })
    expect(await stop(command)).toBe(0)
  })
})
