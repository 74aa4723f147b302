import type { SinkWriter } from '../../src/connector/sink.js'
import type { SourceReader } from '../../src/connector/source.js'
import type { Disk } from '../../src/model/disk.js'
import type { JobFactories } from '../../src/runtime/job-factories.js'
import type { TakeTransfers } from './model-transfers.js'

/** A bug put into the parts that the composition root passes in, to prove that the simulator finds it. */
export interface Plant {
  readonly name: string
  /** What is wrong, a sentence. */
  readonly what: string
  readonly factories?: Partial<JobFactories>
  disk?(disk: Disk): Disk
  source?(reader: SourceReader): SourceReader
  readonly takeTransfers?: TakeTransfers
  /** Changes the former text of the job that is loaded to replay what it took in; `now` is today's. */
  formerText?(text: string, now: string): string
  sink?(writer: SinkWriter): SinkWriter
}
