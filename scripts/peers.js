/**
 * Obtains the real peers of the tests into `.peers/`: `npm run peers`, or `npm run peers -- artemis proton`.
 * What is there already is left alone. Everything comes from the package registries that this machine is set up for.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const folder = join(import.meta.dirname, '..', '.peers')
const windows = process.platform === 'win32'
const ARTEMIS = '2.56.0'

const say = text => process.stdout.write(`${text}\n`)

const run = (command, args, options = {}) => {
  say(`  $ ${[command, ...args].join(' ')}`)
  const result = spawnSync(command, args, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'], ...options })
  if (result.error) throw new Error(`${command} cannot be run: ${result.error.message}`)
  if (result.status !== 0) throw new Error(`${command} ended with ${result.status ?? result.signal}`)
}

const has = command => spawnSync(command, ['--version'], { stdio: 'ignore' }).error === undefined

const apt = (...packages) => {
  if (process.platform !== 'linux' || !has('apt-get'))
    throw new Error(`install ${packages.join(', ')} with the package manager of this system`)
  if (process.getuid() !== 0) throw new Error(`run as root: apt-get install -y --no-install-recommends ${packages.join(' ')}`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const install = ['install', '-y', '-qq', '--no-install-recommends', ...packages]
  if (spawnSync('apt-get', ['install', '-s', ...packages], { stdio: 'ignore' }).status !== 0) run('apt-get', ['update', '-qq'], { env })
  run('apt-get', install, { env })
}

const python = windows ? 'python' : 'python3'
const venvPython = join(folder, 'venv', windows ? 'Scripts' : 'bin', windows ? 'python.exe' : 'python')

const peers = {
  proton: {
    what: 'Qpid Proton for Python',
    present: () => existsSync(venvPython) && spawnSync(venvPython, ['-c', 'import proton'], { stdio: 'ignore' }).status === 0,
    obtain: () => {
      run(python, ['-m', 'venv', 'venv'])
      run(venvPython, ['-m', 'pip', 'install', '-q', 'python-qpid-proton'])
    },
  },
  artemis: {
    what: `Apache Artemis ${ARTEMIS}`,
    present: () => existsSync(join(folder, `apache-artemis-${ARTEMIS}`, 'bin', 'artemis')),
    obtain: () => {
      if (!has('java')) throw new Error('Artemis needs Java 17')
      const artifact = `org.apache.artemis:apache-artemis:${ARTEMIS}:tar.gz:bin`
      run('mvn', ['-q', '-B', '-ntp', 'dependency:copy', `-Dartifact=${artifact}`, '-DoutputDirectory=.'], { shell: windows })
      const archive = `apache-artemis-${ARTEMIS}-bin.tar.gz`
      run('tar', ['xzf', archive])
      rmSync(join(folder, archive))
    },
  },
  rabbitmq: {
    what: 'RabbitMQ with its AMQP 1.0 plugin',
    present: () => existsSync('/usr/lib/rabbitmq/bin/rabbitmq-server'),
    obtain: () => apt('rabbitmq-server'),
  },
  chromium: {
    what: 'Chromium',
    present: () => ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].some(path => existsSync(path)),
    obtain: () => apt('chromium'),
  },
}

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
