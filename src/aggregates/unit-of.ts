import type { ExprNode } from '../expr/node.js'

/** The unit of an expression as a part of a plan: nothing where it has none. */
export const unitOf = (input: ExprNode | undefined): { readonly unit?: string } => (input?.unit === undefined ? {} : { unit: input.unit })
