import type { FieldCheck } from './field-check.js'

/** The body paths of a schema as a tree of keys; `checks` are the fields that are read at this very place. */
export interface PathNode {
  readonly key: string
  /** Its UTF-8. */
  readonly bytes: Uint8Array
  /** Number of this node among all of the tree, the root being 0. */
  readonly index: number
  readonly checks: FieldCheck[]
  readonly children: PathNode[]
}

/** The tree of all checks whose field comes from the body, and its number of nodes. */
export function pathTree(checks: readonly FieldCheck[]): { readonly root: PathNode; readonly size: number } {
  let size = 0
  const node = (key: string): PathNode => ({ key, bytes: new TextEncoder().encode(key), index: size++, checks: [], children: [] })
  const root = node('')
  for (const check of checks) {
    if (check.spec.origin.section !== 'body') continue
    let place = root
    for (const key of check.spec.path) {
      let child = place.children.find(candidate => candidate.key === key)
      if (!child) {
        child = node(key)
        place.children.push(child)
      }
      place = child
    }
    place.checks.push(check)
  }
  return { root, size }
}

/** Writes the fields below `node` from a JavaScript value (own keys only); what is absent is missing. */
export function writeTree(node: PathNode, value: unknown, row: number): ReturnType<FieldCheck['missing']> {
  for (const check of node.checks) {
    const problem = check.value(row, value)
    if (problem) return problem
  }
  for (const child of node.children) {
    const problem = writeTree(child, childOf(value, child.key), row)
    if (problem) return problem
  }
  return undefined
}

function childOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, key)) return undefined
  return (value as Readonly<Record<string, unknown>>)[key]
}
