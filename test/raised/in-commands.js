// Preloaded by the commands that tests start: notes what the built product raises.
import { Refusal } from '../../dist/src/broker/refusal.js'
import { MillraceError } from '../../dist/src/model/errors/millrace-error.js'
import { DeadLetterStore } from '../../dist/src/runtime/letters/dead-letter-store.js'
import { noteAll } from './note.js'

noteAll({ MillraceError, Refusal, DeadLetterStore })
