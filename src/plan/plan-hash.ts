import { createHash } from 'node:crypto'
import type { Json } from '../model/json.js'
import { canonicalJson } from './canonical-json.js'
import type { Plan } from './plan.js'

/**
 * A fingerprint of a plan: 16 hexadecimal digits of SHA-256 over its canonical JSON. It does not depend on the order of
 * keys; it knows nothing of the JavaScript of opaque nodes.
 *
 * @example
 * planHash(graph.plan) // '3f6c2b1a90d4e7c8'
 */
export const planHash = (plan: Plan): string =>
  createHash('sha256')
    .update(canonicalJson(plan as unknown as Json))
    .digest('hex')
    .slice(0, 16)
