import type { Log } from '../model/seams.js'
import { terminalLog } from './terminal-log.js'

/** What follows from a broker that was taken away on purpose. */
const ofUnplugging: ReadonlySet<unknown> = new Set(['MR307', 'MR313'])

/** What a demo's job says in the terminal: what is wrong, short of alerts and dead letters, which the page shows, and of what was done on purpose. */
export function demoLog(unplugged: () => boolean): Log {
  const log = terminalLog({ json: false, quiet: true })
  return {
    ...log,
    warn(message, fields) {
      const onPage = fields?.['level'] !== undefined || fields?.['letter'] !== undefined
      if (!onPage && !(unplugged() && ofUnplugging.has(fields?.['code']))) log.warn(message, fields)
    },
  }
}
