/**
 * The right of this process to write into a data folder: a number that is durable in it and that the next owner raises
 * before it reads anything. Whoever finds a higher one has been replaced, and may neither write nor settle nor send.
 */
export interface Fence {
  readonly epoch: number
  /**
   * Reads the folder's epoch again. Called between `fdatasync` and whatever follows from it, and before each send.
   *
   * @throws MR440 where the folder has another owner now; MR441 where the epoch cannot be read.
   */
  confirm(): Promise<void>
}
