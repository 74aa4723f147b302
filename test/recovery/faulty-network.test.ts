import { describe, expect } from 'vitest'
import { disposals } from '../interop/disposals.js'
import { peerTest } from '../interop/peer-test.js'
import { artemisAvailable } from '../peers/available.js'
import { until } from '../support/until.js'
import { CrashRig } from './crash-rig.js'
import { FaultProxy } from './fault-proxy.js'
import { JobLife } from './job-life.js'

const opened = disposals()
const rowsAWindow = 500

/** Warnings that the peer breaks the protocol. */
const protocolFaults = (life: JobLife): number => life.output.split('MR306').length - 1

describe('a faulty network between job and broker', () => {
  peerTest(
    'costs neither an identity nor a repeated result: latency, single bytes, slow reading, half-open, cut, RST, flipped bits',
    [artemisAvailable()],
    async () => {
      const rig = opened(await CrashRig.open({ seed: 41, peer: 'artemis', rate: 6_000 }), it => it.close())
      const proxy = opened(await FaultProxy.start(Number(new URL(rig.broker.url).port)), it => it.close())
      const url = new URL(rig.broker.url)
      url.port = String(proxy.port)
      const life = opened(JobLife.command(rig.life({ url: url.href.replace(/\/$/, ''), env: { CRASH_IDLE_TIMEOUT: 'short' } })), it =>
        it.kill(),
      )
      const throughAll = async (): Promise<void> => rig.moreRows(rowsAWindow)
      const newConnections = async (what: string, since: number): Promise<void> => {
        await until(`a connection after ${what}`, () => proxy.connections > since, 60_000).catch((error: Error) => {
          throw new Error(`${error.message}\n${life.output}`)
        })
      }
      await throughAll()
      for (const fault of [{ latencyMs: 50 }, { singleBytes: true }, { bytesPerSecond: 20_000 }]) {
        proxy.fault = fault
        await until(`something through ${JSON.stringify(fault)}`, () => rig.sender.report.next > 0)
        await rig.moreMessages(3_000)
        proxy.fault = {}
        await throughAll()
      }
      for (const [what, fault] of [
        ['cut', () => proxy.cut()],
        ['RST', () => proxy.reset()],
      ] as const) {
        const { connections } = proxy
        fault()
        await newConnections(what, connections)
        await throughAll()
      }
      // A bit of the next frame's size, of its data offset, of its type: each ends the connection with an error that says so.
      for (const bit of [5, 33, 40]) {
        const { connections } = proxy
        const faults = protocolFaults(life)
        proxy.flip(bit)
        await newConnections(`bit ${bit}`, connections)
        expect(protocolFaults(life), life.output).toBeGreaterThan(faults)
        await throughAll()
      }
      // A peer that says nothing more is given up after its idle time-out; what the network swallowed comes again.
      const { connections } = proxy
      proxy.fault = { halfOpen: true }
      await newConnections('half-open', connections)
      proxy.fault = {}
      proxy.cut()
      await throughAll()
      const { findings } = await rig.finish(life)
      expect(findings, life.output).toEqual([])
      expect(life.child.exitCode).toBe(0)
    },
    240_000,
  )
})
