import { MillraceError } from './errors/millrace-error.js'
import { type Field, type FieldOrigin, type FieldSpec, type Instant, reservedFields, type Schema, type TimeFormat } from './schema.js'

function field<T>(spec: Partial<FieldSpec>): Field<T> {
  return {
    spec,
    nullable: () => field<T | null>({ ...spec, nullable: true }),
    at: path => {
      if (path === '' || path.split('.').includes('')) throw new MillraceError('MR102', `'${path}' is not a path of keys joined by dots`)
      return field<T>({ ...spec, path: path.split('.') })
    },
    from: origin => field<T>({ ...spec, origin }),
  }
}

export interface NumberOptions {
  readonly unit?: string
  /** Admit NaN and ±Infinity where the encoding can say them. */
  readonly allowNonFinite?: boolean
}

/** A text field. */
export const text = (): Field<string> => field({ type: 'text' })
/** A number field: finite unless `allowNonFinite`. */
export const number = (options: NumberOptions = {}): Field<number> => field({ type: 'number', ...options })
/** A whole number between −2^53 and 2^53. */
export const integer = (options: Pick<NumberOptions, 'unit'> = {}): Field<number> => field({ type: 'integer', ...options })
/** A boolean field. */
export const boolean = (): Field<boolean> => field({ type: 'boolean' })
/** A text that is one of the given ones; anything else is a dead letter. */
export const oneOf = <const V extends string>(...values: readonly V[]): Field<V> => field({ type: 'text', values })

/**
 * A time field. `rfc3339` by default; epochs by unit; or a pattern with its zone.
 *
 * @example
 * timestamp('epoch-ms')
 * timestamp('yyyy-MM-dd HH:mm:ss', 'Europe/Berlin')
 */
export function timestamp(format?: Exclude<TimeFormat, object>): Field<Instant>
export function timestamp(pattern: string, zone: string): Field<Instant>
export function timestamp(format = 'rfc3339', zone?: string): Field<Instant> {
  const known = ['rfc3339', 'epoch-s', 'epoch-ms', 'epoch-ns']
  if (zone === undefined && !known.includes(format)) {
    throw new MillraceError('MR103', `'${format}' is not a time format`, {
      hint: `use ${known.join(', ')}, or a pattern with its zone: timestamp('yyyy-MM-dd HH:mm:ss', 'UTC')`,
    })
  }
  return field({ type: 'timestamp', format: zone === undefined ? (format as TimeFormat) : { pattern: format, zone } })
}

/** Read the field from an application property. */
export const applicationProperty = (key: string): FieldOrigin => ({ section: 'application-properties', key })
/** Read the field from a message annotation. */
export const annotation = (key: string): FieldOrigin => ({ section: 'message-annotations', key })
/** Read the field from the message's header. */
export const header = (key: Extract<FieldOrigin, { section: 'header' }>['key']): FieldOrigin => ({ section: 'header', key })
/** Read the field from the message's properties. */
export const property = (key: Extract<FieldOrigin, { section: 'properties' }>['key']): FieldOrigin => ({ section: 'properties', key })
/** Read a timestamp field from the message's creation time. */
export const creationTime = (): FieldOrigin => ({ section: 'properties', key: 'creation-time' })

/**
 * A schema: the fields of a row, from which types, decoder and plan follow.
 *
 * @throws MR101 for a field with a reserved name.
 * @example
 * const Reading = schema({ room: text().from(applicationProperty('room')), celsius: number({ unit: '°C' }).at('d.t') })
 */
export function schema<F extends Readonly<Record<string, Field<unknown>>>>(
  fields: F,
): Schema<{ readonly [K in keyof F & string]: F[K] extends Field<infer T> ? T : never }> {
  const specs: Record<string, FieldSpec> = {}
  for (const [name, field] of Object.entries(fields)) {
    const spec = field?.spec
    if (typeof spec !== 'object') {
      throw new MillraceError(
        'MR105',
        `the field \`${name}\` is declared by ${typeof field === 'object' ? 'an object' : `a ${typeof field}`}`,
      )
    }
    if (reservedFields.has(name)) throw new MillraceError('MR101', `the field name \`${name}\` is reserved`)
    specs[name] = {
      nullable: false,
      origin: { section: 'body' },
      path: [name],
      ...spec,
      type: spec.type ?? 'text',
    }
  }
  return { fields: specs } as never
}
