/** Writes data to stdout and resolves when it may be followed by more: a slow reader of the pipe holds the writer back. */
export function writeOut(text: string): Promise<void> {
  if (text === '' || process.stdout.write(text)) return Promise.resolve()
  return new Promise(resolve => process.stdout.once('drain', resolve))
}
