const full: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT'])

/** Whether an error comes of a disk without space: what was tried goes well once there is some. */
export const isFull = (error: unknown): boolean =>
  error instanceof Error && (full.has((error as NodeJS.ErrnoException).code) || isFull(error.cause))
