import type { Plant } from '../plant.js'
import { acknowledgedAhead } from './acknowledged-ahead.js'
import { bodyIgnored } from './body-ignored.js'
import { clockNotRestored } from './clock-not-restored.js'
import { epochNotRead } from './epoch-not-read.js'
import { epochReadLate } from './epoch-read-late.js'
import { folderSyncSkipped } from './folder-sync-skipped.js'
import { formerTextIgnored } from './former-text-ignored.js'
import { idsLost } from './ids-lost.js'
import { journalKept } from './journal-kept.js'
import { journalTailRemoved } from './journal-tail-removed.js'
import { lettersUnsynced } from './letters-unsynced.js'
import { outputsNotSaved } from './outputs-not-saved.js'
import { positionIgnored } from './position-ignored.js'
import { replayBeginsLate } from './replay-begins-late.js'
import { settledBeforeSync } from './settled-before-sync.js'
import { settledOnReceipt } from './settled-on-receipt.js'
import { shortWriteBelieved } from './short-write-believed.js'
import { sinkSaysMore } from './sink-says-more.js'
import { snapshotFolderUnsynced } from './snapshot-folder-unsynced.js'
import { syncErrorSwallowed } from './sync-error-swallowed.js'
import { syncSkipped } from './sync-skipped.js'
import { tickNotJournaled } from './tick-not-journaled.js'
import { torsoGiven } from './torso-given.js'
import { viewsNotSaved } from './views-not-saved.js'
import { wallFalls } from './wall-falls.js'
import { watermarkLost } from './watermark-lost.js'
import { windowsLost } from './windows-lost.js'

/** All planted bugs, each of which the simulator has to find. */
export const plants: readonly Plant[] = [
  acknowledgedAhead,
  bodyIgnored,
  clockNotRestored,
  epochNotRead,
  epochReadLate,
  folderSyncSkipped,
  formerTextIgnored,
  idsLost,
  journalKept,
  journalTailRemoved,
  lettersUnsynced,
  outputsNotSaved,
  positionIgnored,
  replayBeginsLate,
  settledBeforeSync,
  settledOnReceipt,
  shortWriteBelieved,
  sinkSaysMore,
  snapshotFolderUnsynced,
  syncErrorSwallowed,
  syncSkipped,
  tickNotJournaled,
  torsoGiven,
  viewsNotSaved,
  wallFalls,
  watermarkLost,
  windowsLost,
]
