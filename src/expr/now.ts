import { SymbolicColumn } from './symbolic-column.js'
import type { TimeExpr } from './types.js'

/**
 * The time at which a row is handled, on the job's clock: the arrival of its journal entry; in a bounded run the row's
 * own event time. A replay gives the same.
 *
 * @example
 * where(r => now().sub(r.at).lt(60_000))
 */
export const now = (): TimeExpr => new SymbolicColumn({ op: 'now', type: 'timestamp', nullable: false }) as unknown as TimeExpr
