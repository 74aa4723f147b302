import type { Subject } from 'rxjs'
import type { OutputBatch, SinkSpec } from '../connector/sink.js'
import type { SourceSpec } from '../connector/source.js'
import type { Batch } from '../model/batch.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { Json } from '../model/json.js'
import type { ColumnInfo } from '../model/value-type.js'
import type { NodeKind } from '../plan/plan.js'
import { LateRecord } from './late-record.js'
import type { Logic, LogicContext } from './logic.js'
import { RunningNode } from './running-node.js'
import { type Output, Stream } from './stream.js'
import type { WindowTrace } from './window-trace.js'

/** A stream as an operator's input: its rows are read as columns, whatever their type. */
export interface InputStream {
  readonly builder: GraphBuilder
  readonly node: string
  subscribe(observer: { next(batch: Batch): void; error(error: unknown): void }): unknown
}

/** What an operator says of itself when it is applied. */
export interface NodeDefinition {
  readonly op: string
  readonly kind?: NodeKind
  /** The author's id; `op-1`, `op-2`, … otherwise. */
  readonly id?: string
  readonly inputs: readonly InputStream[]
  readonly params: { readonly [key: string]: Json }
  readonly columns: readonly ColumnInfo[]
  readonly stateful?: boolean
  readonly version?: number
  readonly opaque?: boolean
  /** Input columns that it reads itself. */
  readonly uses: 'all' | ReadonlySet<string>
  /** Input columns that it keys state by. */
  readonly keyed?: ReadonlySet<string>
  /** Its output carries the input's columns on. */
  readonly passes: boolean
  readonly window?: WindowTrace | undefined
  /** Side outputs with the input's columns, such as `late`. */
  readonly ports?: readonly string[]
  readonly logic: (context: LogicContext) => Logic
}

export interface SinkNode {
  readonly id: string
  readonly spec: SinkSpec<never>
  readonly schema: readonly ColumnInfo[]
  readonly window: WindowTrace | undefined
}

/** What a run lends to its nodes. */
export interface RunHooks {
  readonly job: string
  readonly bounded: boolean
  /** Which journal the entries are counted in: part of the names of rows that have none of their own. */
  readonly origin?: string
  /** Measures busy time, in ms with fractions; absent: not measured. */
  readonly elapsed?: () => number
  readonly debug: (line: string) => void
}

/** One run of a job under construction and in motion: operators register here when `pipe` applies them. */
export class GraphBuilder {
  readonly hooks: RunHooks
  readonly nodes = new Map<string, RunningNode>()
  readonly sources = new Map<string, SourceSpec<unknown>>()
  readonly sinks = new Map<string, SinkNode>()
  /** What the `late` options of aggregates gave. */
  readonly lateOutputs: Output[] = []
  /** What reached the sinks since the entry began. */
  outputs: OutputBatch[] = []
  /** What came too late for its windows since the entry began. */
  readonly late = new LateRecord()
  /** The entry being pushed, and the next ordinal of each sink within it. */
  entry = 0
  readonly ordinals = new Map<string, number>()
  /** Set while a push is under way: an output outside one is an error. */
  pushing: string | undefined
  failure: unknown
  /** What was wrong with operators so far; a job with any is not started. */
  readonly errors: MillraceError[] = []
  readonly #numbers = new Map<string, number>()

  constructor(hooks: RunHooks) {
    this.hooks = hooks
  }

  /** Registers an operator and gives the stream that leaves it. */
  add<T>(definition: NodeDefinition): Stream<T> {
    const node = new RunningNode(this, this.#claim(definition), this.nodes.size, definition)
    this.nodes.set(node.plan.id, node)
    definition.inputs.forEach((input, index) => {
      if (input.builder !== this) throw new MillraceError('MR152', `\`${node.plan.id}\` joins streams of two runs`)
      const upstream = this.nodes.get(input.node.split('/')[0]!)
      upstream?.consumers.push({ node, port: input.node.split('/')[1] })
      input.subscribe({ next: batch => node.receive(batch, index), error: error => this.fail(error) })
    })
    return this.stream<T>(node.plan.id, node.output, definition.columns, definition.window)
  }

  /** The stream of a side port; its rows have the columns of the node's first input. */
  port<T>(node: string, port: string, input: Stream<T>): Stream<T> {
    const running = this.nodes.get(node)!
    return this.stream<T>(`${node}/${port}`, running.ports.get(port)!, input.columns, input.window)
  }

  stream<T>(node: string, source: Subject<Batch>, columns: readonly ColumnInfo[], window?: WindowTrace): Stream<T> {
    return new Stream<T>({ builder: this, node, columns, source, window })
  }

  /** Keeps the first failure; the push that caused it throws it when it returns. */
  fail(error: unknown): void {
    this.failure ??= error
  }

  outsidePush(node: string): MillraceError {
    return new MillraceError('MR154', `\`${node}\` gave a batch outside a push`)
  }

  #claim(definition: NodeDefinition): string {
    if (definition.id !== undefined) {
      if (!/^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(definition.id)) {
        throw new MillraceError('MR153', `'${definition.id}' is not an id`)
      }
      // What is written has names of its own: the view `climate` may show the aggregate `climate`.
      const written = definition.kind === 'view' || definition.kind === 'sink'
      const id = written ? `${definition.kind}:${definition.id}` : definition.id
      const other =
        this.nodes.get(id) ?? (written ? (this.nodes.get(`view:${definition.id}`) ?? this.nodes.get(`sink:${definition.id}`)) : undefined)
      if (other) throw new MillraceError('MR150', `the id '${definition.id}' names two nodes: ${other.plan.op} and ${definition.op}`)
      return id
    }
    let id: string
    do {
      const number = (this.#numbers.get(definition.op) ?? 0) + 1
      this.#numbers.set(definition.op, number)
      id = `${definition.op}-${number}`
    } while (this.nodes.has(id))
    return id
  }
}
