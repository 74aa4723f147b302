import type { Expr, SymbolicRow } from '../../src/expr/types.js'
import { type AddressKind, type BrokerOptions, brokerChecks, checkOptions, kindOption } from './options.js'

/** Computed for each row by an expression, such as w => format`alerts/${w.room}`. */
export type PerRow<T, V> = (row: SymbolicRow<T>) => Expr<V>

/** Options of an AMQP 1.0 sink. */
export interface AmqpSinkOptions<T> extends BrokerOptions {
  readonly address: string | PerRow<T, string | null> | PerRow<T, string>
  /** What the addresses are, asked of the broker at the attach; default `queue`. A topic drops what nobody subscribed to. */
  readonly kind?: AddressKind
  /** `json`: an object in a data section, content-type application/json (default); `value`: an AMQP map; `text`: the JSON as an AMQP string. */
  readonly format?: 'json' | 'value' | 'text'
  readonly subject?: string | PerRow<T, string | null> | PerRow<T, string>
  /** Application properties, fixed or from the row. */
  readonly properties?: Readonly<Record<string, string | number | boolean | PerRow<T, never>>>
}

const perRow = (value: unknown): string | undefined =>
  (typeof value === 'string' && value !== '') || typeof value === 'function' ? undefined : 'wants a text or a function of the row'

const properties = (value: unknown): string | undefined => {
  if (typeof value !== 'object' || value === null) return 'wants an object'
  const wrong = Object.entries(value).find(([, v]) => !['string', 'number', 'boolean', 'function'].includes(typeof v))
  return wrong ? `has \`${wrong[0]}\`, which is neither text, number, true, false nor a function of the row` : undefined
}

/** @throws MR302 naming every fault. */
export function checkSinkOptions(id: string, options: object): void {
  const checks = {
    ...brokerChecks,
    address: perRow,
    subject: perRow,
    kind: kindOption,
    format: (value: unknown) => (['json', 'value', 'text'].includes(value as string) ? undefined : "wants 'json', 'value' or 'text'"),
    properties,
  }
  checkOptions(`amqpSink '${id}'`, options, checks, ['address'])
}
