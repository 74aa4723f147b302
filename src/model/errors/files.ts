import { entries } from './entry.js'

/** MR330–MR339: files as sources and sinks, and the console. */
export const fileErrors = entries({
  MR330: {
    title: 'there is no such file',
    cause: 'A source reads a file that does not exist, or a pattern that no file matches. A followed one waits for it, any other stops.',
    remedy: 'Check the path, which is relative to the current folder; give `follow: true` where the file comes later.',
    action: 'stop',
  },
  MR331: {
    title: 'a file cannot be opened or read',
    cause: 'The system refuses to open or read the file: no permission, a folder, a device that fails.',
    remedy: 'Give the user of this process the right to read the file and to enter its folders.',
    action: 'stop',
  },
  MR332: {
    title: 'a file became shorter while it was read',
    cause: 'A file that is read to its end was cut or written anew underneath its reader, so nobody knows which of its lines counted.',
    remedy:
      'Write files under another name and rename them when they are whole; give `follow: true` for files that are cut and filled again.',
    action: 'stop',
  },
  MR333: {
    title: 'another file stands where one was being read',
    cause:
      'The journal knows how far the job has read a file, and what stands there now does not go on from it: to read it would count lines twice or leave some out.',
    remedy:
      'Put the former file back, or give the new one a name of its own (`*` in the path reads several); `--reset` begins afresh; `follow: true` takes new files for new input.',
    action: 'stop',
  },
  MR334: {
    title: 'not a place in a file',
    cause:
      'Where a source goes on is kept in the journal, and what it holds for this one was not written by a file source that this release knows.',
    remedy: 'Give the source another name in `read(…)`, or begin afresh with `--reset`.',
    action: 'stop',
  },
  MR335: {
    title: 'a result file cannot be written',
    cause: 'The system refuses the write: the disk is full, the folder is read-only, or this process has no right to write there.',
    remedy: 'Make room, or give the user of this process the right to write; the job waits and goes on by itself.',
    action: 'back-off',
  },
  MR336: {
    title: 'a result file belongs to another sink',
    cause:
      'The file of positions beside a result file names another job or sink, or another process has opened it since; two that write one file would overwrite each other.',
    remedy: 'Give each sink a `path` of its own, or remove the result file and its .position to begin anew.',
    action: 'stop',
  },
  MR337: {
    title: 'a sink was closed',
    cause: 'Rows came for a sink that had been closed, as a job that ends does it.',
    remedy: 'Nothing to do: with a data folder the rows are written at the next start.',
    action: 'back-off',
  },
  MR338: {
    title: 'a file grew after it was read',
    cause:
      'A pattern reads its files in the order of their names, and one that was read to its end and left for the next has been added to: of several files only the last one may grow.',
    remedy:
      'Write one file at a time, or give each file that grows a source of its own; to read what was missed, put it into a file with a later name.',
    action: 'refuse',
  },
})
