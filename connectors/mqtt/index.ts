/** MQTT 5 and 3.1.1: `import { mqtt, mqttSink } from 'millrace/mqtt'`. */
export { type Conversion, convert, emit, reject, skip } from '../../src/codecs/convert.js'
export { firstOf } from '../../src/codecs/first-of.js'
export { json } from '../../src/codecs/json.js'
export { raw } from '../../src/codecs/raw.js'
export { valueText } from '../../src/codecs/value-text.js'
export { env, secret } from '../../src/connector/secret.js'
export type { TlsOptions } from '../../src/connector/tls-settings.js'
export {
  bodyId,
  contentType,
  correlation,
  messageExpiry,
  qos,
  responseTopic,
  retained,
  segment,
  topic,
  userProperty,
  userPropertyId,
} from './fields.js'
export type { MqttBrokerOptions, MqttSourceOptions, Qos } from './options.js'
export { mqttSink } from './sink.js'
export type { MqttSinkOptions } from './sink-options.js'
export { mqtt } from './source.js'
