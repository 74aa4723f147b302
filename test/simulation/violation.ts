/** A rule of reliability §5, by its number there. */
export type Invariant = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7' | 'I8' | 'I9' | 'I10' | 'I11' | 'I12'

/** What was found not to hold. */
export interface Violation {
  readonly invariant: Invariant
  readonly what: string
}

/** Where each is judged. */
export const judgedIn: { readonly [invariant in Invariant]: string } = {
  I1: 'judge-results: every message that a producer was told is taken is in windows, late rows or dead letters, and settled',
  I2: 'judge-results: sets of message numbers in each window; counts of rows in sinks that drop repeats or are labelled exactly once; model-sink: positions rise',
  I3: 'model-broker, model-log: a settlement is looked up in what the disk would keep',
  I4: 'judge-results: windows of scenarios without late rows equal those computed from the messages alone; judge-view: the view is the last revision of each window',
  I5: 'observations: one content for each result id and for each output position, over all lives',
  I6: 'observations: watermarks in the order of positions, over all lives; journal-order: so the clocks of entries',
  I7: 'judge-results: revisions are consecutive, and each holds what the one before it held',
  I8: 'judge-results: the letters in the file are the bad messages, each once, byte for byte',
  I9: 'simulate-seed: all is settled, sent and closed within a bound of the last fault; quiet-closing: windows that only the clock closes',
  I10: 'world: files that a process leaves open; journal-bound: bytes of the journal beyond recovery and retention',
  I11: 'model-broker, model-log, model-sink: nothing is settled or sent by a process that has read that it was replaced',
  I12: 'judge-aborted: no delivery that its sender gave up is in windows, late rows or dead letters',
}
