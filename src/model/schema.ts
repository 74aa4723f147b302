import type { MillraceError } from './errors/millrace-error.js'
import type { ValueType } from './value-type.js'

declare const instantBrand: unique symbol

/** A time as job code reads it: ms since the epoch. A plain number is accepted wherever one is written. */
export type Instant = number & { readonly [instantBrand]: true }

/** How a timestamp is written in the data. A pattern such as `yyyy-MM-dd HH:mm:ss` names its zone. */
export type TimeFormat = 'rfc3339' | 'epoch-s' | 'epoch-ms' | 'epoch-ns' | { readonly pattern: string; readonly zone: string }

/** Which part of a message a field is read from; the body unless said otherwise. */
export type FieldOrigin =
  | { readonly section: 'body' }
  | { readonly section: 'application-properties'; readonly key: string }
  | { readonly section: 'message-annotations'; readonly key: string }
  | { readonly section: 'delivery-annotations'; readonly key: string }
  | { readonly section: 'header'; readonly key: 'durable' | 'priority' | 'ttl' | 'first-acquirer' | 'delivery-count' }
  | {
      readonly section: 'properties'
      readonly key:
        | 'message-id'
        | 'user-id'
        | 'to'
        | 'subject'
        | 'reply-to'
        | 'correlation-id'
        | 'content-type'
        | 'content-encoding'
        | 'absolute-expiry-time'
        | 'creation-time'
        | 'group-id'
        | 'group-sequence'
        | 'reply-to-group-id'
    }

/** One field as pure data. */
export interface FieldSpec {
  readonly type: Exclude<ValueType, 'list'>
  readonly nullable: boolean
  readonly origin: FieldOrigin
  /** Path into the body, by key; default is the field's own name. Ignored for other sections and for `--read`. */
  readonly path: readonly string[]
  readonly unit?: string
  /** The texts that a `oneOf` admits. */
  readonly values?: readonly string[]
  readonly format?: TimeFormat
  readonly allowNonFinite?: boolean
}

/** A field under construction; immutable, every method gives a new one. `T` is the type that job code reads. */
export interface Field<out T> {
  readonly spec: Partial<FieldSpec>
  /** What is wrong with its declaration; the schema that it becomes part of is refused with it. */
  readonly faults: readonly MillraceError[]
  /** May be missing or null. */
  nullable(): Field<T | null>
  /** Where in the body: keys joined by dots. */
  at(path: string): Field<T>
  /** Another part of the message: `applicationProperty('room')`, `annotation('x-opt-…')`, `header('priority')`, `property('subject')`, `creationTime()`. */
  from(origin: FieldOrigin): Field<T>
  readonly value?: T
}

/** A row type's fields, in order. `T` is the row as job code reads it. */
export interface Schema<T> {
  readonly fields: Readonly<Record<keyof T & string, FieldSpec>>
  readonly row?: T
}

/** The row type of a schema. */
export type RowOf<S> = S extends Schema<infer T> ? T : never

type Writable<V> = V extends Instant ? number : V

/** A row as JavaScript code writes it: times are plain numbers, nullable fields may be left out. */
export type RowInput<T> = { readonly [K in keyof T as null extends T[K] ? never : K]: Writable<T[K]> } & {
  readonly [K in keyof T as null extends T[K] ? K : never]?: Writable<T[K]> | undefined
}

/** Names that result rows use and schemas therefore may not. */
export const reservedFields: ReadonlySet<string> = new Set([
  'window_start',
  'window_end',
  'final',
  'revision',
  'removed',
  'result',
  '__proto__',
  'constructor',
  'prototype',
])
