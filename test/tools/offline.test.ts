import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect } from 'vitest'
import { type Command, type Finished, main, started } from '../cli/command.js'
import { peerTest } from '../interop/peer-test.js'
import { nodeAvailable } from '../peers/available.js'
import { LoopbackNetwork, loopbackAvailable } from './loopback-network.js'

/** A stranger's machine after `npm ci`: one release of Node, an empty folder, and no way out. */
class CutOff {
  readonly folder = mkdtempSync(join(tmpdir(), 'millrace-offline-'))
  readonly #network: LoopbackNetwork
  readonly #node: string

  constructor(network: LoopbackNetwork, node: string) {
    this.#network = network
    this.#node = node
  }

  start(line: readonly string[]): Command {
    // `npx` and what it starts take the first Node of the path; nothing is fetched even where a cache could answer.
    const env = { PATH: `${dirname(this.#node)}:${process.env['PATH']}`, HOME: this.folder, npm_config_cache: join(this.folder, '.npm') }
    return started(this.#network.inside(line), { cwd: this.folder, env })
  }

  run(...line: readonly string[]): Promise<Finished> {
    return this.start(line).done
  }

  node(...args: readonly string[]): Promise<Finished> {
    return this.run(this.#node, ...args)
  }

  /** The body that an address of this network answers with. */
  async answer(url: string): Promise<string> {
    return (await this.node('--input-type=module', '-e', `process.stdout.write(await (await fetch('${url}')).text())`)).stdout
  }
}

/** An address of documentation (RFC 5737), which leads out of any machine. */
const reach = "fetch('http://192.0.2.1/').catch(error => console.log(process.version, error.cause.code))"

async function firstMinutes(release: number, node: string): Promise<void> {
  const network = await LoopbackNetwork.start()
  const machine = new CutOff(network, node)
  const { folder } = machine
  try {
    const probe = (await machine.node('-e', reach)).stdout
    expect(probe, 'the network is cut').toMatch(new RegExp(`^v${release}\\.\\S+ ENETUNREACH\n$`))

    const demo = await machine.node(main, 'demo', '--for', '3s', '--json')
    expect(demo.code, demo.stderr).toBe(0)
    const { received, results } = JSON.parse(demo.stdout) as { readonly received: number; readonly results: number }
    expect(received, 'readings of three seconds').toBeGreaterThan(50)
    expect(results).toBeGreaterThan(0)

    const made = await machine.node(main, 'init', 'plant')
    expect(made.code, made.stderr).toBe(0)
    const project = join(folder, 'plant')
    const inProject = ['env', '-C', project]
    const valid = await machine.run(...inProject, 'npx', 'millrace', 'validate', 'plant.job.ts')
    expect(valid.code, valid.stderr).toBe(0)
    expect(valid.stderr).toMatch(/ok +plant\.job\.ts: types/)
    const tested = await machine.run(...inProject, 'node_modules/.bin/millrace', 'test')
    expect(tested.code, tested.stdout + tested.stderr).toBe(0)
    expect(tested.stdout + tested.stderr).toContain('1 passed')

    // What npx starts does not hear of a signal to npx itself; at a terminal both get it.
    const dev = machine.start([...inProject, 'node_modules/.bin/millrace', 'dev', 'plant.job.ts'])
    const page = (await dev.said(/page +(http:\S+)/))[1]!
    await dev.said(/types +✓ plant\.job\.ts/)
    await dev.said(/watching/)
    const job = join(project, 'plant.job.ts')
    writeFileSync(job, readFileSync(job, 'utf8').replace('between(-40', 'between(-41'))
    await dev.said(/reloaded in \d+ ms/)
    expect(JSON.parse(await machine.answer(`${page}/api/v1/jobs`))).toMatchObject([{ id: 'plant', state: 'running' }])
    expect(await machine.answer(page)).toContain('<script')
    dev.process.kill('SIGTERM')
    const ended = await dev.done
    expect(ended.code, ended.stderr).toBe(0)
  } finally {
    await network.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

describe.concurrent('without a network, after npm ci', () => {
  for (const release of [20, 22, 24]) {
    const node = nodeAvailable(release)
    const needed = [loopbackAvailable(), node]
    const run = (): Promise<void> => firstMinutes(release, node.present ? node.path : '')
    peerTest(`demo, init, validate, test and dev work on Node ${release}`, needed, run, 240_000)
  }
})
