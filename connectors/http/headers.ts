import { validHeader } from './exchange.js'

/** Headers that say what the connector itself does. */
const own = ['connection', 'content-length', 'content-type', 'expect', 'host', 'idempotency-key', 'transfer-encoding', 'upgrade']

/** What is wrong with a header, as words that follow the option's name; the value is not repeated. */
export function headerFault(name: string, value: string): string | undefined {
  if (own.includes(name.toLowerCase())) return `has \`${name}\`, which the sink writes itself`
  const fault = validHeader(name, value)
  return fault === undefined ? undefined : `has \`${name}\`, ${fault}`
}
