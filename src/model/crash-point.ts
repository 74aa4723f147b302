/** Places in the life of a job at which the crash tests kill it: between any two of them the disk is in another state. */
export const crashPoints = [
  'epoch-written',
  'epoch-raised',
  'segment-created',
  'appended',
  'written',
  'synced',
  'confirmed',
  'before-settle',
  'settled',
  'before-send',
  'sent',
  'acknowledged',
  'letters-appended',
  'snapshot-captured',
  'snapshot-side-written',
  'snapshot-written',
  'snapshot-renamed',
  'snapshot-durable',
  'segment-removed',
  'recovered',
] as const

export type CrashPoint = (typeof crashPoints)[number]

/** Told at each crash point; does nothing in production. */
export type Reached = (point: CrashPoint) => void
