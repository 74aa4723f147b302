import type { Plan } from '../plan/plan.js'

/** A plan's flow as Mermaid text. */
export function graphMermaid(plan: Plan): string {
  const number = new Map(plan.nodes.map((node, index) => [node.id, `n${index}`]))
  const lines = ['flowchart LR']
  for (const node of plan.nodes) lines.push(`  ${number.get(node.id)}["${node.id.replaceAll('"', '#quot;')}<br/>${node.op}"]`)
  for (const node of plan.nodes) {
    for (const input of node.inputs) {
      const [from, port] = input.split('/')
      lines.push(`  ${number.get(from!)} -->${port === undefined ? '' : `|${port}|`} ${number.get(node.id)}`)
    }
  }
  return lines.join('\n')
}
