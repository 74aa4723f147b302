import type { PlanNode } from '../plan/plan.js'
import type { GuaranteeFinding } from './guarantee-finding.js'

/** An RxJS operator that was not said to be pure: what it remembers is in no snapshot. */
const keepsOwnState = ({ opaque, params }: PlanNode): boolean => opaque === true && params['pure'] === false

/** Reads the nodes that a sink's rows come from: JavaScript of the job is trusted, state outside snapshots is not. */
export function findingsOfOperators(nodes: readonly PlanNode[]): readonly GuaranteeFinding[] {
  const findings = nodes.filter(keepsOwnState).map(({ id, op }): GuaranteeFinding => {
    const label = `'${id}' may keep state that no snapshot holds`
    const effect = 'after a crash it begins anew, so rows that it held are lost, and rows that it had let through may come again'
    return { loses: true, repeats: true, label, why: `${label} (${op} without \`pure\`): ${effect}` }
  })
  const trusted = nodes.filter(node => node.opaque && !keepsOwnState(node)).map(({ id }) => `'${id}'`)
  if (trusted.length === 0) return findings
  return [...findings, { why: `the JavaScript of ${trusted.join(', ')} is trusted to give the same for the same row` }]
}
