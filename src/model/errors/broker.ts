import { entries } from './entry.js'

/** MR7xx: the embedded AMQP node. */
export const brokerErrors = entries({})
