/** A few bytes that outlive the process: what they were, or what they are now, and never a mixture. */
export interface KeptBytes {
  /** Undefined where nothing was kept yet. @throws where they cannot be read, or are not as they were written. */
  load(): Promise<Uint8Array | undefined>
  /** Durable when it resolves. @throws where they cannot be written: then the former ones stay. */
  save(bytes: Uint8Array): Promise<void>
}
