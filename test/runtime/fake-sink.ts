import type { OutputBatch, Position, SinkSpec, SinkWriter } from '../../src/connector/sink.js'
import { valueAt } from '../../src/model/columns.js'

/** A sink that a test watches, holds and makes fail. */
export class FakeSink {
  readonly rows: Record<string, unknown>[] = []
  readonly positions: Position[] = []
  readonly ids: string[] = []
  held = false
  failures: unknown[] = []
  attempts = 0
  #release: (() => void)[] = []

  release(): void {
    this.held = false
    for (const resolve of this.#release.splice(0)) resolve()
  }

  async #write(outputs: OutputBatch, position: Position): Promise<void> {
    this.attempts++
    if (this.failures.length > 0) throw this.failures.shift()
    while (this.held) await new Promise<void>(resolve => this.#release.push(resolve))
    this.positions.push(position)
    this.ids.push(...outputs.ids)
    for (let i = 0; i < outputs.length; i++) {
      this.rows.push(Object.fromEntries(outputs.schema.map(({ name }) => [name, valueAt(outputs.columns[name]!, i)])))
    }
  }

  spec(id: string): SinkSpec<unknown> {
    return {
      id,
      connector: 'fake',
      params: {},
      kind: 'sink',
      expressions: {},
      usesEmbeddedNode: false,
      check: async () => [],
      open: async (): Promise<SinkWriter> => ({
        guarantee: 'append',
        open: async () => undefined,
        write: (outputs, position) => this.#write(outputs, position),
        status: () => ({ connected: true, detail: 'fake', pending: 0 }),
        close: async () => undefined,
      }),
    }
  }
}
