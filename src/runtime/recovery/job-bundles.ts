import { join } from 'node:path'
import type { Job } from '../../job/graph.js'
import type { Disk } from '../../model/disk.js'
import { MillraceError } from '../../model/errors/millrace-error.js'
import type { Plan } from '../../plan/plan.js'
import { planHash } from '../../plan/plan-hash.js'
import { type JobFactories, standardFactories } from '../job-factories.js'
import { bundleHash, StoredBundles } from './stored-bundle.js'

/**
 * The texts of a job that its journal has seen. A job that came without its text, such as one of a program that uses
 * Millrace as a library, is known by its plan: then only the same plan can go on.
 */
export class JobBundles {
  /** Names the running job. */
  readonly current: string
  /** Hash of the running job's plan. */
  readonly plan: string
  readonly #job: Job
  readonly #code: string | undefined
  readonly #stored: StoredBundles
  readonly #load: JobFactories['storedJob']

  constructor(
    job: Job,
    plan: Plan,
    code: string | undefined,
    disk: Disk,
    dataDir: string,
    load: JobFactories['storedJob'] = standardFactories.storedJob,
  ) {
    this.#load = load
    this.#job = job
    this.#code = code
    this.#stored = new StoredBundles(disk, join(dataDir, 'bundles'))
    this.plan = planHash(plan)
    // What a release computes is no part of the job's name: it is told beside it.
    const unversioned = JSON.stringify(plan, (key, value: unknown) => (key === 'version' && typeof value === 'number' ? 1 : value))
    this.current = code === undefined ? `plan-${planHash(JSON.parse(unversioned) as Plan)}` : bundleHash(code)
  }

  /** Keeps the running job's text, durably. */
  async save(): Promise<void> {
    if (this.#code !== undefined) await this.#stored.save(this.#code)
  }

  /**
   * Removes the texts that nothing needs any more.
   *
   * @param used former texts and the last entry that each can have taken in; one that is not named: up to now
   * @param now the last entry that went through
   * @param first the oldest entry of the journal
   * @returns what is still needed, as `used` of the next start
   */
  async retain(used: { readonly [hash: string]: number }, now: number, first: number): Promise<{ readonly [hash: string]: number }> {
    const former = (await this.#stored.list()).filter(hash => hash !== this.current)
    // A snapshot lies at most one entry before the journal, and names the text that it is of.
    const needed = former.map(hash => [hash, used[hash] ?? now] as const).filter(([, last]) => last >= first - 1)
    const kept = [this.current, ...needed.map(([hash]) => hash)]
    // What cannot be removed now is taken for needed at the next start, and goes later.
    if (needed.length < former.length) await this.#stored.retain(kept).catch(() => undefined)
    return Object.fromEntries(needed)
  }

  /** @throws MR461 where its text was not kept or does not load. */
  async job(bundle: string): Promise<Job> {
    if (bundle === this.current) return this.#job
    if (bundle.startsWith('plan-')) {
      throw new MillraceError('MR461', `the journal was taken in by another plan of '${this.#job.id}', whose text was not kept`)
    }
    return this.#load(await this.#stored.load(bundle), this.#job.id)
  }
}
