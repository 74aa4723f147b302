import type { DiskFile } from '../../model/disk.js'

/** Writes all of them, however few the disk takes at a time. @throws where it takes none; the disk's error */
export async function writeAll(file: DiskFile, bytes: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const written = await file.write(bytes.subarray(at), position + at)
    if (written === 0) throw new Error('the disk took no bytes')
    at += written
  }
}

/** The bytes from … to − 1; fewer where the file ends before. */
export async function readAll(file: DiskFile, from: number, to: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(to - from)
  let at = 0
  while (at < bytes.length) {
    const read = await file.read(bytes.subarray(at), from + at)
    if (read === 0) break
    at += read
  }
  return bytes.subarray(0, at)
}
