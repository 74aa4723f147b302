import { describeNode } from './describe-node.js'
import { edgesOf } from './edges-of.js'
import type { NodeKind, Plan, PlanNode } from './plan.js'

const shapes: Readonly<Record<NodeKind, readonly [string, string]>> = {
  source: ['([', '])'],
  operator: ['[', ']'],
  view: ['[[', ']]'],
  sink: ['[/', '/]'],
}

/** Text inside quotes: Mermaid reads entities by number, and markup nowhere. */
const escaped = (text: string): string =>
  text.replace(/[#"<>&`\\{}[\]|]/g, character => `#${character.codePointAt(0)};`).replace(/\s+/g, ' ')

const label = (node: PlanNode): string =>
  [node.id, node.op === node.id ? '' : node.op, describeNode(node)]
    .filter(line => line !== '')
    .map(escaped)
    .join('<br/>')

/**
 * A plan as a Mermaid flow chart. Node names are positions, so any id is safe.
 *
 * @example
 * printMermaid(plan) // 'flowchart TD\n  n0([\"readings<br/>read<br/>amqp telemetry\"])\n …'
 */
export function printMermaid(plan: Plan): string {
  const lines = ['flowchart TD']
  plan.nodes.forEach((node, i) => {
    const [open, close] = shapes[node.kind]
    lines.push(`  n${i}${open}"${label(node)}"${close}`)
  })
  for (const { from, to, port } of edgesOf(plan)) lines.push(`  n${from} -->${port === undefined ? '' : `|${escaped(port)}|`} n${to}`)
  return `${lines.join('\n')}\n`
}
