import { describe, expect, it } from 'vitest'
import { startArtemis } from './artemis.js'
import { artemisAvailable, protonAvailable, rabbitmqAvailable } from './available.js'
import { ProtonPeer } from './proton.js'
import { startRabbitMq } from './rabbitmq.js'

const [artemis, rabbitmq, proton] = [artemisAvailable(), rabbitmqAvailable(), protonAvailable()]
const missing = (...all: readonly (typeof artemis)[]): string => {
  const reasons = all.flatMap(one => (one.present ? [] : [one.reason]))
  return reasons.length === 0 ? '' : ` (skipped: ${reasons.join('; ')})`
}

const exchange = async (url: string): Promise<void> => {
  const peer = new ProtonPeer(url)
  try {
    peer.do('sender', { link: 's', address: 'proof' })
    peer.do('receiver', { link: 'r', address: 'proof', credit: 50 })
    await peer.until('credit')
    peer.do('send', { link: 's', messages: Array.from({ length: 20 }, (_, i) => ({ body: i })) })
    const got = await peer.until('message', 20)
    expect(got.map(one => one['body'])).toEqual(Array.from({ length: 20 }, (_, i) => i))
    peer.do('settle', { outcomes: got.map(one => [one['number'], 'accepted']) })
    await peer.stop()
  } finally {
    await peer.kill()
  }
}

describe('the launchers of real peers', () => {
  it.skipIf(!artemis.present || !proton.present)(
    `start Artemis, exchange, restart and stop it${missing(artemis, proton)}`,
    async () => {
      const broker = await startArtemis()
      try {
        await exchange(broker.url)
        await broker.restart('kill')
        await exchange(broker.url)
      } finally {
        await broker.stop()
      }
    },
    120_000,
  )

  it.skipIf(!rabbitmq.present || !proton.present)(
    `start RabbitMQ, exchange and stop it${missing(rabbitmq, proton)}`,
    async () => {
      const broker = await startRabbitMq()
      try {
        await exchange(broker.url)
      } finally {
        await broker.stop()
      }
    },
    120_000,
  )
})
