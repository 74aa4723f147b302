// Which error codes the product raises while it is tested: noted as files in the folder that `npm test` names, so that
// a process that is killed loses none. Plain JavaScript, because the commands that tests start load it too, on any Node.
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = process.env['MILLRACE_RAISED']
const noted = new Set()

/** Notes a code; outside a whole run, nothing. */
export function note(code, where) {
  if (folder === undefined || noted.has(code)) return
  noted.add(code)
  const path = join(folder, code)
  if (!existsSync(path)) writeFileSync(path, `${where}\n`)
}

/** Notes the codes that a command says of itself: `error MR101  …`, `code=MR414`, `"code":"MR414"`. */
export function noteSaid(text) {
  for (const [, code] of text.matchAll(/(?:^|\n)(?:error|warning) +(MR\d{3}) /g)) note(code, 'said by a command')
  for (const [, code] of text.matchAll(/\bcode(?:=|": ?")(MR\d{3})\b/g)) note(code, 'told by a command')
}

/** Notes the codes of a line of the product's log, in its words or in a field. */
export function noteLogged(message, fields = {}) {
  if (folder === undefined) return
  for (const [code] of `${message} ${JSON.stringify(fields)}`.matchAll(/\bMR\d{3}\b/g)) note(code, 'a line of the log')
}

/** Of what a stack says, the first place that is not this and not the class of errors itself. */
const maker = stack =>
  stack?.split('\n').find(line => /^ +at /.test(line) && !/raised\/note\.js|millrace-error\.[jt]s/.test(line.replaceAll('\\', '/'))) ?? ''

/** What a test makes itself proves nothing. */
const ofProduct = line => /\/(src|connectors|dashboards)\//.test(line) && !/\.test\.ts|\/test\/|fixture/.test(line)

/** Notes what classes of the product make from now on. `codeOf` is asked when the object is complete. */
export function noteMade(Class, codeOf) {
  const Base = Object.getPrototypeOf(Class)
  class Noted extends Base {
    constructor(...args) {
      super(...args)
      queueMicrotask(() => {
        const code = codeOf(this)
        if (code === undefined || noted.has(code)) return
        const place = maker(this.stack?.replaceAll('\\', '/'))
        if (ofProduct(place)) note(code, place.trim())
      })
    }
  }
  // `super()` calls whatever the prototype of the class is at that moment; the prototypes of its objects stay as they are.
  Object.setPrototypeOf(Class, Noted)
}

/** Notes what a store of dead letters takes in: their codes are plain values until then. */
export function noteLetters(Store) {
  for (const name of ['add', 'keepOutput']) {
    const method = Store.prototype[name]
    Store.prototype[name] = function (entry, index, refused) {
      note(refused.code, 'a dead letter')
      return method.call(this, entry, index, refused)
    }
  }
}

/** Sets all traps for one copy of the product. */
export function noteAll({ MillraceError, Refusal, DeadLetterStore }) {
  noteMade(MillraceError, error => error.code)
  noteMade(Refusal, error => /^MR\d{3}/.exec(error.message)?.[0])
  noteLetters(DeadLetterStore)
}
