import type { Plant } from '../plant.js'

export const plants: readonly Plant[] = []
