import { connectAsync, type IClientPublishOptions, type MqttClient } from 'mqtt'

/** A device, or a reader of results, with the client library as everybody uses it. */
export const client = (url: string, options: Parameters<typeof connectAsync>[1] = {}): Promise<MqttClient> =>
  connectAsync(url, { protocolVersion: 5, reconnectPeriod: 50, ...options })

/** Publishes texts in order; resolves when the broker has all of them. */
export async function publish(
  url: string,
  topic: string,
  texts: readonly string[],
  options: IClientPublishOptions = { qos: 1 },
): Promise<void> {
  const device = await client(url)
  try {
    await Promise.all(texts.map(text => device.publishAsync(topic, text, options)))
  } finally {
    await device.endAsync()
  }
}
