import { MillraceError } from './errors/millrace-error.js'
import { namedZone } from './named-zone.js'
import { type Field, type FieldOrigin, type FieldSpec, type Instant, reservedFields, type Schema, type TimeFormat } from './schema.js'
import { timePatternParts } from './time-pattern-parts.js'

/** `faults`: what is wrong with it, for the schema to tell together with what is wrong with its other fields. */
function field<T>(spec: Partial<FieldSpec>, faults: readonly MillraceError[] = []): Field<T> {
  return {
    spec,
    faults,
    nullable: () => field<T | null>({ ...spec, nullable: true }, faults),
    at: path => {
      const good = path !== '' && !path.split('.').includes('')
      const fault = good ? [] : [new MillraceError('MR102', `'${path}' is not a path of keys joined by dots`)]
      return field<T>({ ...spec, path: path.split('.') }, [...faults, ...fault])
    },
    from: origin => field<T>({ ...spec, origin }, faults),
  }
}

export interface NumberOptions {
  readonly unit?: string
  /** Admit NaN and ±Infinity where the encoding can say them. */
  readonly allowNonFinite?: boolean
}

/**
 * A text field.
 *
 * @example
 * room: text()
 */
export const text = (): Field<string> => field({ type: 'text' })
/**
 * A number field: finite unless `allowNonFinite`.
 *
 * @example
 * celsius: number({ unit: '°C' })
 */
export const number = (options: NumberOptions = {}): Field<number> => field({ type: 'number', ...options })
/**
 * A whole number between −2^53 and 2^53.
 *
 * @example
 * rpm: integer({ unit: 'rpm' })
 */
export const integer = (options: Pick<NumberOptions, 'unit'> = {}): Field<number> => field({ type: 'integer', ...options })
/**
 * A boolean field.
 *
 * @example
 * open: boolean()
 */
export const boolean = (): Field<boolean> => field({ type: 'boolean' })
/**
 * A text that is one of the given ones; anything else is a dead letter.
 *
 * @example
 * state: oneOf('run', 'stop').nullable()
 */
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
  if (zone !== undefined) return field({ type: 'timestamp', format: { pattern: format, zone } }, patternFaults(format, zone))
  if (known.includes(format)) return field({ type: 'timestamp', format: format as TimeFormat })
  const hint = `use ${known.join(', ')}, or a pattern with its zone: timestamp('yyyy-MM-dd HH:mm:ss', 'UTC')`
  return field({ type: 'timestamp' }, [new MillraceError('MR103', `'${format}' is not a time format`, { hint })])
}

/** What is wrong with a pattern and its zone, told where they are written rather than when the first row comes. */
function patternFaults(pattern: string, zone: string): readonly MillraceError[] {
  const faults: MillraceError[] = []
  for (const check of [() => timePatternParts(pattern), () => namedZone(zone)]) {
    try {
      check()
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error
      faults.push(error)
    }
  }
  return faults
}

/**
 * Read the field from an application property.
 *
 * @example
 * room: text().from(applicationProperty('room'))
 */
export const applicationProperty = (key: string): FieldOrigin => ({ section: 'application-properties', key })
/**
 * Read the field from a message annotation.
 *
 * @example
 * partition: text().from(annotation('x-opt-partition'))
 */
export const annotation = (key: string): FieldOrigin => ({ section: 'message-annotations', key })
/**
 * Read the field from the message's header.
 *
 * @example
 * priority: integer().from(header('priority'))
 */
export const header = (key: Extract<FieldOrigin, { section: 'header' }>['key']): FieldOrigin => ({ section: 'header', key })
/**
 * Read the field from the message's properties.
 *
 * @example
 * subject: text().from(property('subject'))
 */
export const property = (key: Extract<FieldOrigin, { section: 'properties' }>['key']): FieldOrigin => ({ section: 'properties', key })
/**
 * Read a timestamp field from the message's creation time.
 *
 * @example
 * at: timestamp().from(creationTime())
 */
export const creationTime = (): FieldOrigin => ({ section: 'properties', key: 'creation-time' })

/**
 * A schema: the fields of a row, from which types, decoder and plan follow.
 *
 * @throws MR101 for a field with a reserved name, MR102 for a path and MR103 for a time format that is none, MR105 for what is
 * no field; all of them together.
 * @example
 * const Reading = schema({ room: text().from(applicationProperty('room')), celsius: number({ unit: '°C' }).at('d.t') })
 */
export function schema<F extends Readonly<Record<string, Field<unknown>>>>(
  fields: F,
): Schema<{ readonly [K in keyof F & string]: F[K] extends Field<infer T> ? T : never }> {
  const specs: Record<string, FieldSpec> = {}
  const faults: MillraceError[] = []
  for (const [name, field] of Object.entries(fields)) {
    const spec = field?.spec
    if (typeof spec !== 'object') {
      const what = typeof field === 'object' ? 'an object' : `a ${typeof field}`
      faults.push(new MillraceError('MR105', `the field \`${name}\` is declared by ${what}`))
      continue
    }
    if (reservedFields.has(name)) faults.push(new MillraceError('MR101', `the field name \`${name}\` is reserved`))
    faults.push(...field.faults)
    specs[name] = {
      nullable: false,
      origin: { section: 'body' },
      path: [name],
      ...spec,
      type: spec.type ?? 'text',
    }
  }
  const [first, ...others] = faults
  if (first) throw MillraceError.together([first, ...others])
  return { fields: specs } as never
}
