/** The real peers of the tests: what each is, whether it is there, and how it is obtained. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

export const folder = join(import.meta.dirname, '..', '.peers')
const windows = process.platform === 'win32'
const ARTEMIS = '2.56.0'

export const say = text => process.stdout.write(`${text}\n`)

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

/** Unpacks a Debian package into the folder: no root needed, and no service of it is started. */
const unpackedDeb = name => {
  if (process.platform !== 'linux' || !has('apt-get')) throw new Error(`install ${name} from Debian, or from what this system has`)
  const home = join(folder, name)
  rmSync(home, { recursive: true, force: true })
  mkdirSync(home, { recursive: true })
  const download = ['download', '-qq', name]
  if (spawnSync('apt-get', download, { cwd: home, stdio: 'ignore' }).status !== 0) {
    run('apt-get', ['update', '-qq'])
    run('apt-get', download, { cwd: home })
  }
  const archive = readdirSync(home).find(file => file.endsWith('.deb'))
  run('dpkg', ['-x', archive, '.'], { cwd: home })
  rmSync(join(home, archive))
}

const python = windows ? 'python' : 'python3'
const venvPython = join(folder, 'venv', windows ? 'Scripts' : 'bin', windows ? 'python.exe' : 'python')

/** What analysts query results with. DuckDB reads addresses by its extension httpfs, of the same release. */
const analysts = { pandas: '3.1.1', polars: '2.1.0', duckdb: '1.5.5', 'duckdb-extension-httpfs': '1.5.5', pyarrow: '26.0.1' }
const analystsHave = `import importlib.metadata as m; assert all(m.version(n) == v for n, v in ${JSON.stringify(analysts)}.items())`

/** What an npm package brings, in a folder of its own; `file` of it tells that it is there. */
function npmPackage(name, version, what, home, ...file) {
  const path = join(folder, home)
  return {
    what,
    present: () => existsSync(join(path, 'node_modules', ...name.split('/'), ...file)),
    obtain: () => {
      mkdirSync(path, { recursive: true })
      run('npm', ['install', '--prefix', path, '--no-save', '--no-audit', '--no-fund', '--silent', `${name}@${version}`], {
        shell: windows,
      })
    },
  }
}

/** Another release of Node, from its npm package. */
const nodeRelease = release => npmPackage('node', release, `Node ${release}`, `node-${release}`, 'bin', windows ? 'node.exe' : 'node')

export const peers = {
  proton: {
    what: 'Qpid Proton for Python',
    present: () => existsSync(venvPython) && spawnSync(venvPython, ['-c', 'import proton'], { stdio: 'ignore' }).status === 0,
    obtain: () => {
      run(python, ['-m', 'venv', 'venv'])
      run(venvPython, ['-m', 'pip', 'install', '-q', 'python-qpid-proton'])
    },
  },
  analysts: {
    what: 'pandas, polars, DuckDB and pyarrow for Python',
    present: () => existsSync(venvPython) && spawnSync(venvPython, ['-c', analystsHave], { stdio: 'ignore' }).status === 0,
    obtain: () => {
      if (!existsSync(venvPython)) run(python, ['-m', 'venv', 'venv'])
      const pinned = Object.entries(analysts).map(([name, version]) => `${name}==${version}`)
      run(venvPython, ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', '--only-binary', ':all:', ...pinned])
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
  mosquitto: {
    what: 'Mosquitto',
    present: () => ['/usr/sbin/mosquitto', '/usr/bin/mosquitto'].some(path => existsSync(path)),
    obtain: () => apt('mosquitto'),
  },
  chromium: {
    what: 'Chromium',
    present: () => ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].some(path => existsSync(path)),
    obtain: () => apt('chromium'),
  },
  nginx: {
    what: 'nginx',
    present: () => existsSync(join(folder, 'nginx', 'usr', 'sbin', 'nginx')),
    obtain: () => unpackedDeb('nginx'),
  },
  powerquery: npmPackage('@microsoft/powerquery-parser', '2.0.0', "Microsoft's parser of Power Query", 'powerquery', 'package.json'),
  'node-22': nodeRelease(22),
  'node-24': nodeRelease(24),
}
