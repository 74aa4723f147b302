import type { Graph } from '../../../src/job/graph.js'
import type { State } from '../../../src/model/state.js'
import type { Plant } from '../plant.js'

type Nodes = Readonly<Record<string, { readonly op: string; readonly version: number; readonly state: { readonly [key: string]: State } }>>

/** Restores a graph without the state of one kind of operator. */
export const stateNotRestored = (name: string, what: string, op: string): Plant => ({
  name,
  what,
  factories: {
    graph(graph: Graph) {
      const restore = graph.restore.bind(graph)
      graph.restore = (state: State) => {
        const saved = state as unknown as { readonly nodes: Nodes }
        const nodes = Object.entries(saved.nodes).map(([id, node]) => [
          id,
          node.op === op ? { ...node, state: { ...node.state, logic: null } } : node,
        ])
        restore({ ...(saved as object), nodes: Object.fromEntries(nodes) } as unknown as State)
      }
      return graph
    },
  },
})
