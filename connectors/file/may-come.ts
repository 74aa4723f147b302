import type { MillraceError } from '../../src/model/errors/millrace-error.js'

/** A file may come, and rights may be given; a folder does not become a file. */
export const mayCome = ({ code, cause }: MillraceError): boolean =>
  code === 'MR330' || ['EACCES', 'EPERM'].includes((cause as NodeJS.ErrnoException | undefined)?.code ?? '')
