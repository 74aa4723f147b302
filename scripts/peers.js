/**
 * Obtains the real peers of the tests into `.peers/`: `npm run peers`, or `npm run peers -- artemis proton`.
 * What is there already is left alone. Everything comes from the package registries that this machine is set up for.
 */
import { mkdirSync } from 'node:fs'
import { folder, peers, say } from './peer-list.js'

const asked = process.argv.slice(2)
const unknown = asked.filter(name => !Object.hasOwn(peers, name))
if (unknown.length > 0) {
  say(`no peer is called ${unknown.join(', ')}; there are ${Object.keys(peers).join(', ')}`)
  process.exit(2)
}
mkdirSync(folder, { recursive: true })
let failed = false
for (const [name, peer] of Object.entries(peers)) {
  if (asked.length > 0 && !asked.includes(name)) continue
  if (peer.present()) {
    say(`${name}: ${peer.what} is there`)
    continue
  }
  say(`${name}: obtaining ${peer.what}`)
  const began = performance.now()
  try {
    peer.obtain()
    if (!peer.present()) throw new Error('it was installed, and still is not there')
    say(`${name}: obtained in ${((performance.now() - began) / 1000).toFixed(0)} s`)
  } catch (error) {
    failed = true
    say(`${name}: not obtained: ${error.message}`)
  }
}
process.exit(failed ? 1 : 0)
