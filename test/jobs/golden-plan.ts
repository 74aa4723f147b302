import { readFileSync, writeFileSync } from 'node:fs'
import { expect } from 'vitest'
import type { Job } from '../../src/job/graph.js'
import { printAscii } from '../../src/plan/print-ascii.js'
import { printJson } from '../../src/plan/print-json.js'

/**
 * Compares a job's plan, as JSON and as the picture of the terminal, with `jobs/golden/NAME.plan.{json,txt}`.
 * `UPDATE_GOLDEN=1` writes them instead.
 */
export function expectGoldenPlan(name: string, job: Job): void {
  const { plan } = job.start({ bounded: false })
  for (const [form, text] of [
    ['json', printJson(plan)],
    ['txt', printAscii(plan)],
  ] as const) {
    const path = new URL(`../../jobs/golden/${name}.plan.${form}`, import.meta.url)
    const shown = `${text.trimEnd()}\n`
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, shown)
    expect(shown, `the plan of ${name} changed; if that is meant: UPDATE_GOLDEN=1`).toBe(readFileSync(path, 'utf8'))
  }
}
