import type { HeldPosition } from '../../connector/sink.js'
import type { MillraceError } from '../../model/errors/millrace-error.js'
import type { Waiting } from './waiting.js'

/** What a lane asks and tells. */
export interface LaneEvents {
  /** Before each write to a sink outside the process: resolves while this process may send. */
  maySend(): Promise<void>
  /** What the sink holds, once it says so when it is opened. @throws where that cannot be: the sink is not gone on with */
  holds?(sink: string, answer: Promise<HeldPosition | undefined>): Promise<HeldPosition | undefined>
  /** The write was made, and its acknowledgement awaited: for crash tests. */
  reached(point: 'before-send' | 'sent'): void
  /**
   * The sink holds this output now, or, where `refused`, never will: it is kept elsewhere. `noted` is to be called when
   * that is durable here.
   */
  acknowledged(item: Waiting, refused: boolean, noted: () => void): void
  /** The sink will never take it. Resolves when it is kept elsewhere. */
  refused(item: Waiting, error: MillraceError): Promise<void>
  /** The job has to drain or stop. */
  failed(error: MillraceError): void
}
