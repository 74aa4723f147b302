import type { ExprNode } from '../expr/node.js'
import type { Json } from '../model/json.js'

/** An expression as a plan's parameter: the same data, typed as JSON. */
export const planJson = (node: ExprNode): Json => node as unknown as Json

/** Named expressions as a plan's parameter. */
export const planRecord = (nodes: Readonly<Record<string, ExprNode>>): Json => nodes as unknown as Json
