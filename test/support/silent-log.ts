import type { Log } from '../../src/model/seams.js'
import { noteLogged } from '../raised/note.js'

/** A log that nobody reads. */
export const silentLog: Log = { info: noteLogged, warn: noteLogged, error: noteLogged }
