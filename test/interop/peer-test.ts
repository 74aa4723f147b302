import { test } from 'vitest'
import type { Availability } from '../peers/available.js'

/**
 * A test that needs real peers: where one is absent it is skipped, and its title names the reason and the remedy; in CI
 * it fails instead.
 */
export function peerTest(title: string, peers: readonly Availability[], run: () => Promise<void>, timeoutMs = 120_000): void {
  const reasons = peers.flatMap(peer => (peer.present ? [] : [peer.reason]))
  if (reasons.length === 0) return void test(title, run, timeoutMs)
  const reason = reasons.join('; ')
  if (process.env['CI'] === 'true')
    return void test(title, () => {
      throw new Error(reason)
    })
  test.skip(`${title} (skipped: ${reason})`, run)
}
