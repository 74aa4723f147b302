export { env, secret } from '../../src/connector/secret.js'
export type { AddressKind, AmqpSourceOptions, BrokerOptions, TlsOptions } from './options.js'
export { amqp, applicationPropertyId, bodyId, messageId } from './source.js'
