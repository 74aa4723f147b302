import { entries } from './entry.js'

/** MR3xx: AMQP connections, links and outcomes. */
export const amqpErrors = entries({})
