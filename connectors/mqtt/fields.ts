import type { IdSpec } from '../../src/connector/source.js'
import type { FieldOrigin } from '../../src/model/schema.js'
import { qosAnnotation, retainAnnotation } from './message-encoder.js'

/**
 * Read a text field from the topic that the message was published to.
 *
 * @example
 * text().from(topic())
 */
export const topic = (): FieldOrigin => ({ section: 'properties', key: 'to' })

/**
 * Read a text field from a level of the topic that the source's pattern names.
 *
 * @example
 * // mqtt({ topic: 'sensors/+room/temperature', … })
 * text().from(segment('room'))
 */
export const segment = (name: string): FieldOrigin => ({ section: 'application-properties', key: `+${name}` })

/**
 * Read a text field from a user property (MQTT 5); of a key given twice the first counts.
 *
 * @example
 * text().from(userProperty('site'))
 */
export const userProperty = (key: string): FieldOrigin => ({ section: 'application-properties', key })

/**
 * Read a text field from the content type (MQTT 5).
 *
 * @example
 * text().nullable().from(contentType())
 */
export const contentType = (): FieldOrigin => ({ section: 'properties', key: 'content-type' })

/**
 * Read a text field from the response topic (MQTT 5).
 *
 * @example
 * text().nullable().from(responseTopic())
 */
export const responseTopic = (): FieldOrigin => ({ section: 'properties', key: 'reply-to' })

/**
 * Read a text field from the correlation data (MQTT 5), as UTF-8.
 *
 * @example
 * text().nullable().from(correlation())
 */
export const correlation = (): FieldOrigin => ({ section: 'properties', key: 'correlation-id' })

/**
 * Read a boolean field: the broker had kept this message for whoever subscribes.
 *
 * @example
 * boolean().from(retained())
 */
export const retained = (): FieldOrigin => ({ section: 'message-annotations', key: retainAnnotation })

/**
 * Read an integer field: the QoS with which the message came, 0, 1 or 2.
 *
 * @example
 * integer().from(qos())
 */
export const qos = (): FieldOrigin => ({ section: 'message-annotations', key: qosAnnotation })

/**
 * Read an integer field: what is left of the message's expiry interval (MQTT 5), ms; absent where it does not expire.
 *
 * @example
 * integer({ unit: 'ms' }).nullable().from(messageExpiry())
 */
export const messageExpiry = (): FieldOrigin => ({ section: 'header', key: 'ttl' })

/**
 * A user property (MQTT 5) that the sender makes unique; `millrace-id` is that of `mqttSink`.
 *
 * @example
 * mqtt({ url: 'mqtt://127.0.0.1', topic: 'peaks', id: userPropertyId('millrace-id'), decode: json(Reading) })
 */
export const userPropertyId = (key: string): IdSpec => ({ from: 'application-property', key })

/**
 * A value of the body that the sender makes unique, by keys joined with dots.
 *
 * @example
 * mqtt({ url: 'mqtt://127.0.0.1', topic: 'sensors/+', id: bodyId('message.id'), decode: json(Reading) })
 */
export const bodyId = (path: string): IdSpec => ({ from: 'body', path: path.split('.') })
