import { createHash } from 'node:crypto'
import { readdir, realpath, rename, rm, rmdir } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MillraceError } from '../../model/errors/millrace-error.js'
import type { RandomSource } from '../../model/seams.js'
import { systemDisk } from '../seams/system-disk.js'

/** Bytes of a socket's path that every Unix takes; macOS has the least, 103. */
const longestSocketPath = 100
const socketName = /^lock-[0-9a-f]{16}\.sock$/

/** A data folder that this process alone uses. */
export interface FolderLock {
  release(): Promise<void>
}

/**
 * Takes a data folder for this process. The lock is a socket that listens: the system takes it back when the process
 * ends, however it ends. Each holder listens under a name of its own first and then tries all others, so that of two
 * that start at once at least one sees the other; a name that nobody answers under was left by a process that was
 * killed, and is removed.
 *
 * With `takeOver` the folder is taken though another process answers: the epoch in it then tells that one that it was
 * replaced.
 *
 * @throws MR425 where another process uses the folder, MR426 where it cannot be written.
 */
export async function lockFolder(folder: string, random: RandomSource, takeOver = false): Promise<FolderLock> {
  const real = await made(folder)
  if (process.platform === 'win32') {
    const pipe = await listening(`\\\\.\\pipe\\millrace-${hashOf(real)}`, folder)
    return { release: () => closed(pipe) }
  }
  const isLong = join(real, 'lock-0123456789abcdef.sock').length > longestSocketPath
  const home = isLong ? join(tmpdir(), `millrace-${hashOf(real)}`) : real
  const name = `lock-${random.hex(16)}.sock`
  const server = isLong ? await listeningElsewhere(home, name, folder) : await listeningAs(home, name, folder)
  const release = async (): Promise<void> => {
    // What is closed is the name that it began under.
    await rm(join(home, name), { force: true }).catch(() => undefined)
    await closed(server)
    // It stays where somebody else has a socket in it.
    if (isLong) await rmdir(home).catch(() => undefined)
  }
  for (const other of await readdir(home)) {
    if (other === name || !socketName.test(other)) continue
    if (!takeOver && (await answers(join(home, other)))) {
      await release()
      throw inUse(folder)
    }
    await rm(join(home, other), { force: true })
  }
  return { release }
}

/** One is enough but where several come and go at once; then each that goes may be in the way of each that comes. */
const attempts = 100

/**
 * Whoever leaves a folder of temporary files takes it away, perhaps just before this one listens in it. Node calls the
 * folder that is missing then ENOENT where it is made or looked up, and EACCES where a socket should be made in it.
 */
async function listeningElsewhere(home: string, name: string, folder: string): Promise<Server> {
  for (let attempt = 1; ; attempt++) {
    try {
      await made(home)
      return await listeningAs(home, name, folder)
    } catch (error) {
      const cause = error instanceof MillraceError ? (error.cause as NodeJS.ErrnoException | undefined) : undefined
      if ((cause?.code !== 'ENOENT' && cause?.code !== 'EACCES') || attempt === attempts) throw error
    }
  }
}

/**
 * Listens under a name that comes into the folder when it already answers: a socket is there before it listens, and who tried it just
 * then would take it for left behind and remove it.
 */
async function listeningAs(home: string, name: string, folder: string): Promise<Server> {
  const begun = join(home, name.replace(/sock$/, 'new'))
  const server = await listening(begun, folder)
  try {
    await rename(begun, join(home, name))
    return server
  } catch (error) {
    await closed(server)
    throw unwritable(folder, error as Error)
  }
}

async function made(folder: string): Promise<string> {
  try {
    await systemDisk.makeFolder(folder)
    return await realpath(folder)
  } catch (error) {
    throw new MillraceError('MR426', `the data folder ${folder} cannot be made: ${(error as Error).message}`, { cause: error })
  }
}

const hashOf = (path: string): string => createHash('sha256').update(path).digest('hex').slice(0, 16)

const unwritable = (folder: string, cause: Error): MillraceError =>
  new MillraceError('MR426', `the data folder ${folder} cannot be written: ${cause.message}`, { cause })

const inUse = (folder: string): MillraceError => new MillraceError('MR425', `the data folder ${folder} is in use by another process`)

function listening(path: string, folder: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    // Whoever connects only wants to know that somebody is here.
    const server = createServer(socket => socket.destroy())
    server.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') return reject(inUse(folder))
      reject(unwritable(folder, error))
    })
    server.listen(path, () => {
      server.unref()
      resolve(server)
    })
  })
}

/** A process that is stopped for a while answers, too: the system connects on its behalf. */
const answers = (path: string): Promise<boolean> =>
  new Promise(resolve => {
    const socket = connect(path)
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    // Refused: nobody listens. Gone: its owner has just released it.
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT'))
  })

const closed = (server: Server): Promise<void> => new Promise(resolve => server.close(() => resolve()))
