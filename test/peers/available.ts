import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** Where `npm run peers` puts what it obtains. */
const peersFolder = join(import.meta.dirname, '..', '..', '.peers')

/** Whether a peer is there; if not, why a test is skipped and how to get it. */
export type Availability = { readonly present: true; readonly path: string } | { readonly present: false; readonly reason: string }

const look = (name: string, paths: readonly string[]): Availability => {
  const path = paths.find(candidate => existsSync(candidate))
  if (path !== undefined) return { present: true, path }
  return { present: false, reason: `${name} is not here: run \`npm run peers -- ${name.toLowerCase()}\`` }
}

/** Python with python-qpid-proton. */
export const protonAvailable = (): Availability =>
  look('Proton', [join(peersFolder, 'venv', 'bin', 'python'), join(peersFolder, 'venv', 'Scripts', 'python.exe')])

export const artemisAvailable = (): Availability => look('Artemis', [join(peersFolder, 'apache-artemis-2.56.0', 'bin', 'artemis')])

export const rabbitmqAvailable = (): Availability => look('RabbitMQ', ['/usr/lib/rabbitmq/bin/rabbitmq-server'])

export const mosquittoAvailable = (): Availability => look('Mosquitto', ['/usr/sbin/mosquitto', '/usr/bin/mosquitto'])

/** Python with pandas, polars, DuckDB and pyarrow. */
export const analystsAvailable = (): Availability => {
  const home = join(peersFolder, 'venv')
  const python = look('analysts', [join(home, 'bin', 'python'), join(home, 'Scripts', 'python.exe')])
  if (!python.present || spawnSync(python.path, ['-c', 'import duckdb_extension_httpfs, pandas, polars, pyarrow']).status === 0)
    return python
  return look('analysts', [])
}

export const nginxAvailable = (): Availability => look('nginx', [join(peersFolder, 'nginx', 'usr', 'sbin', 'nginx')])

/** Microsoft's parser of Power Query's formulas: the folder of its package. */
export const powerQueryAvailable = (): Availability =>
  look('powerquery', [join(peersFolder, 'powerquery', 'node_modules', '@microsoft', 'powerquery-parser')])

/** Node of a release: the one that runs the tests, or one of `npm run peers`. */
export const nodeAvailable = (release: number): Availability => {
  if (process.versions.node.startsWith(`${release}.`)) return { present: true, path: process.execPath }
  return look(`node-${release}`, [join(peersFolder, `node-${release}`, 'node_modules', 'node', 'bin', 'node')])
}
