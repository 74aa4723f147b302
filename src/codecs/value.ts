import { MillraceError } from '../model/errors/millrace-error.js'
import type { FieldSpec, Schema } from '../model/schema.js'
import { bodyKind } from './amqp-sections.js'
import type { FieldCheck } from './field-check.js'
import { type MessageDecoderSpec, messageDecoder } from './message-decoder.js'
import type { MessageView } from './message-view.js'
import { type PathNode, pathTree } from './path-tree.js'
import type { Problem } from './problem.js'
import { sameBytes } from './same-bytes.js'
import { readInto, SectionFields } from './section-fields.js'

/**
 * Reads amqp-value bodies: a map, whose keys are the fields' paths; or, where the schema has exactly one field from the
 * body, a bare scalar. Only the keys that the schema names are decoded. Lists and sequences are refused (MR209): fields
 * by position would shift silently when a sender adds one; `convert` can read them.
 *
 * @throws MR221 where the schema has no field from the body.
 * @example
 * amqp({ address: 'telemetry', decode: value(schema({ celsius: number(), room: text() })) })
 */
export function value<T>(schema: Schema<T>): MessageDecoderSpec<T> {
  const specs = Object.values(schema.fields as Record<string, FieldSpec>)
  if (!specs.some(({ origin }) => origin.section === 'body'))
    throw new MillraceError('MR221', 'value(S) needs a field that comes from the body')
  return messageDecoder<T>({
    params: { decoder: 'value' },
    schema,
    reader: rows => {
      const checks = rows.checks(schema as Schema<unknown>)
      const sections = new SectionFields(checks)
      const { root, size } = pathTree(checks)
      const body = checks.filter(({ spec }) => spec.origin.section === 'body')
      const walk = new MapWalk(size)
      return view => {
        const { sections: located } = view
        if (!view.amqp || located.body !== bodyKind.value) return hinted(view, 'an amqp-value with a map')
        const at = located.parts[0]!
        const code = view.bytes[at]!
        try {
          view.reader(at)
          let problem: Problem | undefined
          if (code === 0xc1 || code === 0xd1) {
            problem = walk.read(view, root, rows.row)
          } else if (code === 0x45 || code === 0xc0 || code === 0xd0 || code === 0xe0 || code === 0xf0) return hinted(view, 'a map')
          else if (body.length === 1) problem = readInto(view, body[0]!, rows.row)
          else return hinted(view, 'a map, since the schema has several fields')
          return problem ?? sections.read(view, rows.row)
        } catch (fault) {
          return view.faulty(fault, 'body')
        }
      }
    },
  })
}

function hinted(view: MessageView, wanted: string): Problem {
  const problem = view.unexpected(wanted)
  return { ...problem, reason: `${problem.reason}; lists have no field names: read them with convert(S, message => …)` }
}

/** Reads the wanted keys of nested maps, at the cursor of the view's reader. */
class MapWalk {
  private readonly seen: Uint8Array

  constructor(nodes: number) {
    this.seen = new Uint8Array(nodes)
  }

  read(view: MessageView, root: PathNode, row: number): Problem | undefined {
    this.seen.fill(0)
    return this.map(view, root, row) ?? this.rest(root, row)
  }

  private map(view: MessageView, node: PathNode, row: number): Problem | undefined {
    const reader = view.values
    const count = reader.enter()
    const end = reader.compoundEnd
    if (count % 2 !== 0) return { code: 'MR212', reason: 'a map has a key without a value', path: 'body' }
    for (let i = 0; i < count; i += 2) {
      const start = reader.textStart()
      if (start < 0) {
        reader.skip()
        reader.skip()
        continue
      }
      const child = childAt(node, view.bytes, start, reader.at)
      if (!child) {
        reader.skip()
        continue
      }
      if (this.seen[child.index]) return { code: 'MR215', reason: `the key \`${child.key}\` is given twice`, path: 'body' }
      this.seen[child.index] = 1
      const problem = this.child(view, child, row)
      if (problem) return problem
    }
    reader.leave(end)
    return undefined
  }

  private child(view: MessageView, child: PathNode, row: number): Problem | undefined {
    const reader = view.values
    const at = reader.at
    for (const check of child.checks) {
      reader.at = at
      const problem = readInto(view, check, row)
      if (problem) return problem
    }
    if (child.children.length === 0) return undefined
    reader.at = at
    const code = view.bytes[at]
    if (code === 0xc1 || code === 0xd1) return this.map(view, child, row)
    reader.skip()
    return undefined
  }

  /** What was not given is missing. */
  private rest(node: PathNode, row: number): Problem | undefined {
    for (const child of node.children) {
      const problem = (this.seen[child.index] ? undefined : missing(child.checks, row)) ?? this.rest(child, row)
      if (problem) return problem
    }
    return undefined
  }
}

function missing(checks: readonly FieldCheck[], row: number): Problem | undefined {
  for (const check of checks) {
    const problem = check.missing(row)
    if (problem) return problem
  }
  return undefined
}

function childAt(node: PathNode, bytes: Uint8Array, start: number, end: number): PathNode | undefined {
  for (const child of node.children) if (sameBytes(bytes, start, end, child.bytes)) return child
  return undefined
}
