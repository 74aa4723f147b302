import type { RandomSource } from '../model/seams.js'

/** A body as one of the Spark demos sends it: AMQP value text, bytes of text, or bytes of JSON with the device's name. */
export type SparkBody = { readonly value: string } | { readonly data: string }

/** One message of each demo variant: A an AMQP value, B the bytes that an MQTT device gives, C JSON of three devices. */
export function sparkReadings(random: RandomSource): readonly SparkBody[] {
  const narrow = (): number => 20 + Math.floor(random.next() * 5)
  const wide = (): number => 20 + Math.floor(random.next() * 10)
  return [
    { value: String(narrow()) },
    { data: String(narrow()) },
    ...['device1', 'device2', 'device3'].map(id => ({ data: JSON.stringify({ 'device-id': id, temperature: wide() }) })),
  ]
}
