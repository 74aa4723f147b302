/** Keeps lines durably. */
export interface LetterFile {
  /** From now on what `tail` gives outlives a loss of power, and no process that was replaced can change it. @throws MR423, MR440, MR441 */
  open?(): Promise<void>
  /** The last lines, oldest first, at most about so many bytes of them; the last one may be torn. */
  tail(bytes: number): Promise<readonly string[]>
  /** Resolves when the lines are on the disk; after a rejection none of them is. */
  append(lines: string): Promise<void>
  close(): Promise<void>
}
