import type { RandomSource } from '../model/seams.js'

/** Degrees that a room loses a second, per degree of difference to the outside. */
const leak = 1 / 40
/** Degrees a second that an open radiator gives. */
const heat = 1.1
const outside = 2

/**
 * A room with a radiator whose valve obeys commands: closed, the room cools towards the outside; open, it warms well
 * above the comfortable range. Temperatures are reported as whole degrees, as the workshop's devices do.
 */
export class ThermostatDevice {
  readonly id: string
  readonly #random: RandomSource
  #celsius: number
  #open: boolean

  constructor(id: string, celsius: number, open: boolean, random: RandomSource) {
    this.id = id
    this.#celsius = celsius
    this.#open = open
    this.#random = random
  }

  get valveOpen(): boolean {
    return this.#open
  }

  /** Lets time pass and gives the reading at its end. */
  report(seconds: number): { readonly 'device-id': string; readonly temperature: number } {
    const draught = (this.#random.next() - 0.5) * 0.4
    this.#celsius += seconds * ((outside - this.#celsius) * leak + (this.#open ? heat : 0) + draught)
    return { 'device-id': this.id, temperature: Math.round(this.#celsius) }
  }

  /** Obeys a command that names this device; others are none of its business. */
  obey(command: { readonly 'device-id'?: unknown; readonly operation?: unknown }): boolean {
    if (command['device-id'] !== this.id) return false
    if (command.operation === 'open') this.#open = true
    else if (command.operation === 'close') this.#open = false
    else return false
    return true
  }
}
