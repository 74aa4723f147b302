import { checkOptions } from '../../src/connector/check-options.js'
import type { Expr, SymbolicRow } from '../../src/expr/types.js'
import { type AddressKind, type BrokerOptions, brokerChecks, kindOption } from './options.js'

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
  /**
   * How many ids the broker remembers for each address, to drop a result that comes again (`_AMQ_DUPL_ID`; Artemis'
   * `id-cache-size`), 2,048 at least; 0: it drops none. Default: 20,000 where the broker says that it is Artemis,
   * or Millrace's node with a data folder; else 0.
   * Say it where Artemis is set otherwise, or stands behind a router; say 0 where `url` lists brokers that do not share
   * their store, since none of them knows what another was sent.
   */
  readonly idCacheSize?: number
  /** Application properties, fixed or from the row. */
  readonly properties?: Readonly<Record<string, string | number | boolean | PerRow<T, never>>>
}

/** Nothing is stored between the ends. */
export const isDirect = (kind: AddressKind | undefined): boolean => kind === 'anycast' || kind === 'multicast'

const perRow = (value: unknown): string | undefined =>
  (typeof value === 'string' && value !== '') || typeof value === 'function' ? undefined : 'wants a text or a function of the row'

const properties = (value: unknown): string | undefined => {
  if (typeof value !== 'object' || value === null) return 'wants an object'
  const wrong = Object.entries(value).find(([, v]) => !['string', 'number', 'boolean', 'function'].includes(typeof v))
  return wrong ? `has \`${wrong[0]}\`, which is neither text, number, true, false nor a function of the row` : undefined
}

/** Twice what may be under way at once. */
const leastIds = 2_048

const size = (value: unknown): string | undefined =>
  Number.isSafeInteger(value) && (value === 0 || (value as number) >= leastIds) ? undefined : `wants 0, or a whole number from ${leastIds}`

/** @throws MR302 naming every fault. */
export function checkSinkOptions(id: string, options: Pick<AmqpSinkOptions<never>, 'kind' | 'idCacheSize'>): void {
  const checks = {
    ...brokerChecks,
    address: perRow,
    subject: perRow,
    kind: kindOption,
    format: (value: unknown) => (['json', 'value', 'text'].includes(value as string) ? undefined : "wants 'json', 'value' or 'text'"),
    properties,
    idCacheSize: size,
  }
  const { kind, idCacheSize } = options
  const direct = isDirect(kind) && idCacheSize !== undefined && idCacheSize !== 0
  const further = direct ? [`\`idCacheSize\` belongs to a broker, and nothing is remembered on a direct link (\`kind\` is '${kind}')`] : []
  checkOptions(`amqpSink '${id}'`, options, checks, ['address'], further)
}
