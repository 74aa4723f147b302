import type { DemoAction, Happening } from '../model/demo-status.js'

/** How many are kept. */
const most = 20

/** What was done to a demo, newest first. */
export class Happenings {
  #list: readonly Happening[] = []
  #count = 0

  get list(): readonly Happening[] {
    return this.#list
  }

  /** Gives its id. */
  add(kind: DemoAction, at: number, title: string, sentence: string): number {
    const id = ++this.#count
    this.#list = [{ id, kind, at, title, sentence }, ...this.#list].slice(0, most)
    return id
  }

  /** Says more of one, once more is known. */
  extend(id: number, more: string): void {
    this.#list = this.#list.map(happening =>
      happening.id === id ? { ...happening, sentence: `${happening.sentence} ${more}` } : happening,
    )
  }
}
