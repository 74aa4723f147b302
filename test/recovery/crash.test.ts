import { describe, expect } from 'vitest'
import { peerTest } from '../interop/peer-test.js'
import { artemisAvailable } from '../peers/available.js'
import { crashTest } from './crash-test.js'

/** Progress is evidence: shown where a test fails. */
const evidence = (lines: readonly string[]): string => lines.join('\n')

describe('a job that is killed under load', () => {
  for (const { peer, kills, seed, rate, needs } of [
    { peer: 'artemis', kills: 20, seed: 20_260, rate: 20_000, needs: [artemisAvailable()] },
    { peer: 'node', kills: 6, seed: 7, rate: 10_000, needs: [] },
  ] as const)
    peerTest(
      `${kills} times by kill -9, fed by ${peer}, counts every identity exactly once, repeats no result, and keeps each bad message`,
      needs,
      async () => {
        const lines: string[] = [`seed ${seed}`]
        const report = await crashTest({ kills, seed, peer, rate, say: line => lines.push(line) })
        expect(report.findings, evidence([...lines, report.evidence])).toEqual([])
        expect(report.kills.atPoints + report.kills.outside).toBe(kills)
        expect(report.kills.atPoints).toBeGreaterThan(0)
        // Without load and without bad messages the test would prove nothing.
        expect(report.messages).toBeGreaterThan(kills * 10_000)
        expect(report.badMessages).toBeGreaterThan(kills)
      },
      300_000,
    )
})
