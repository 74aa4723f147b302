/** A size as people read it: `840 B`, `12.5 KiB`, `1.2 GiB`. */
export function byteText(bytes: number): string {
  let size = bytes
  for (const unit of ['B', 'KiB', 'MiB']) {
    if (size < 1024) return `${unit === 'B' ? size : size.toFixed(1)} ${unit}`
    size /= 1024
  }
  return `${size.toFixed(1)} GiB`
}
