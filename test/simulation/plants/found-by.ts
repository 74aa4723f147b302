/** The first seed that was seen to find each planted bug, by `npm run simulate -- --plants`. */
export const foundBy: { readonly [plant: string]: number } = {
  'acknowledged-ahead': 214,
  'body-ignored': 1,
  'folder-sync-skipped': 1,
  'ids-lost': 23,
  'journal-tail-removed': 81,
  'outputs-not-saved': 3,
  'position-ignored': 4,
  'replay-begins-late': 1,
  'settled-before-sync': 1,
  'short-write-believed': 3,
  'snapshot-folder-unsynced': 5,
  'sync-error-swallowed': 15,
  'sync-skipped': 1,
  'tick-not-journaled': 3,
  'watermark-lost': 3,
  'windows-lost': 1,
}
