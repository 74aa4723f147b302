/** Calls `drop` for each line `drop` on stdin, until the function given is called. Stdin is left alone before: a job in the background may not read it. */
export function hearDrop(drop: () => void): () => void {
  let line = ''
  const listener = (bytes: Buffer): void => {
    // Whoever sends more without a line break wants something else.
    line = (line + bytes.toString()).slice(-1_000)
    const lines = line.split('\n')
    line = lines.pop()!
    if (lines.some(text => text.trim() === 'drop')) drop()
  }
  process.stdin.on('data', listener)
  // Listening alone does not start a stream that was paused before.
  process.stdin.resume()
  return () => {
    process.stdin.off('data', listener)
    process.stdin.pause()
  }
}
