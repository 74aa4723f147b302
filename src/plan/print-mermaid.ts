import { describeNode } from './describe-node.js'
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
  const names = new Map(plan.nodes.map((node, i) => [node.id, `n${i}`]))
  const lines = ['flowchart TD']
  for (const node of plan.nodes) {
    const [open, close] = shapes[node.kind]
    lines.push(`  ${names.get(node.id)}${open}"${label(node)}"${close}`)
  }
  for (const node of plan.nodes) {
    for (const input of node.inputs) {
      const [from, port] = names.has(input)
        ? [input, undefined]
        : [input.slice(0, input.lastIndexOf('/')), input.slice(input.lastIndexOf('/') + 1)]
      if (names.has(from)) lines.push(`  ${names.get(from)} -->${port === undefined ? '' : `|${escaped(port)}|`} ${names.get(node.id)}`)
    }
  }
  return `${lines.join('\n')}\n`
}
