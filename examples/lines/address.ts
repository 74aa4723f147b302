import { type OptionCheck, wants } from 'millrace/connector'

const mostPort = 65_535

/** Checks of the options that source and sink share. */
export const addressChecks = {
  host: wants.plain,
  port: value => (Number.isInteger(value) && Number(value) > 0 && Number(value) <= mostPort ? undefined : 'wants a port from 1 to 65535'),
} as const satisfies Readonly<Record<string, OptionCheck>>
