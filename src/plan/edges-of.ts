import type { Plan } from './plan.js'

/** One arrow of a plan: positions of its nodes, and the side port that it leaves by, if any. */
export interface PlanEdge {
  readonly from: number
  readonly to: number
  readonly port?: string
}

/** The arrows of a plan in the order of registration; inputs that name no node are left out. */
export function edgesOf(plan: Plan): PlanEdge[] {
  const positions = new Map(plan.nodes.map((node, i) => [node.id, i]))
  return plan.nodes.flatMap((node, to) =>
    node.inputs.flatMap((input): PlanEdge[] => {
      const whole = positions.get(input)
      if (whole !== undefined) return [{ from: whole, to }]
      const slash = input.lastIndexOf('/')
      const from = positions.get(input.slice(0, slash))
      return from === undefined ? [] : [{ from, to, port: input.slice(slash + 1) }]
    }),
  )
}
