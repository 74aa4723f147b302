// A setup file of vitest: notes what the product raises in the tests' own processes.
import { Refusal } from '../../src/broker/refusal.ts'
import { MillraceError } from '../../src/model/errors/millrace-error.ts'
import { DeadLetterStore } from '../../src/runtime/letters/dead-letter-store.ts'
import { noteAll } from './note.js'

noteAll({ MillraceError, Refusal, DeadLetterStore })
