import type { ExprNode } from '../../expr/node.js'
import type { Graph, GraphSource } from '../../job/graph.js'
import { MillraceError } from '../../model/errors/millrace-error.js'
import type { FieldSpec } from '../../model/schema.js'

/** Ids of the nodes that a source feeds, directly or through others. */
function fedBy(graph: Graph, source: string): ReadonlySet<string> {
  const fed = new Set([source])
  // Inputs come before their users in a plan.
  for (const node of graph.plan.nodes) if (node.inputs.some(input => fed.has(input.split('/')[0]!))) fed.add(node.id)
  return fed
}

function fieldsOf(node: ExprNode): readonly string[] {
  return node.op === 'field' && node.name !== undefined ? [node.name] : (node.args ?? []).flatMap(fieldsOf)
}

/**
 * The field of a source that is its event time in a bounded run: the one named for it, else the one that the job's
 * `eventTime` reads.
 *
 * A field that is not of the schema has to come with the file; a number of the schema is taken as ms since the epoch.
 *
 * @throws MR432 where there is none, or where it is a field of the schema that can be no time.
 */
export function timeFieldOf(graph: Graph, source: GraphSource, named: string | undefined): string {
  const fields = source.spec.decoder.schema.fields as Readonly<Record<string, FieldSpec>>
  const isTime = (name: string) => fields[name]?.type === 'timestamp'
  if (named !== undefined) {
    const type = Object.hasOwn(fields, named) ? fields[named]!.type : 'timestamp'
    if (type === 'timestamp' || type === 'number' || type === 'integer') return named
    const times = Object.keys(fields).filter(isTime)
    throw new MillraceError('MR432', `\`${named}\` of source '${source.id}' is a ${type}, not a time`, {
      hint:
        times.length > 0
          ? `its timestamp fields are ${times.join(', ')}`
          : `declare it as a time in the schema: ${named}: timestamp('rfc3339')`,
    })
  }
  const fed = fedBy(graph, source.id)
  for (const node of graph.plan.nodes) {
    if (node.op !== 'eventTime' || !fed.has(node.id)) continue
    const field = fieldsOf(node.params['time'] as unknown as ExprNode).find(isTime)
    if (field !== undefined) return field
  }
  throw new MillraceError('MR432', `source '${source.id}' of '${graph.job}' has no event time`, {
    hint: `name the column of the file that is the time: --read ${source.id}=FILE:TIMEFIELD`,
  })
}
