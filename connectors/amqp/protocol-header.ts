/**
 * Names a server that does not answer as AMQP 1.0 (part 2 §2.2: `AMQP`, protocol id 0 or 3, version 1.0.0) by its first
 * bytes, or gives undefined when they can be the beginning of such an answer.
 *
 * @example
 * foreignProtocol(Buffer.from('HTTP/1.1 400 Bad Request')) // 'this is HTTP'
 */
export function foreignProtocol(first: Uint8Array): string | undefined {
  const text = Buffer.from(first.subarray(0, 64)).toString('latin1')
  if ('AMQP'.startsWith(text.slice(0, 4))) {
    if (first.length < 8) return undefined
    const [id, major, minor, revision] = first.subarray(4, 8) as unknown as [number, number, number, number]
    if (major === 1 && minor === 0 && revision === 0 && (id === 0 || id === 3)) return undefined
    if (id === 2 && major === 1 && minor === 0) return 'this is AMQP 1.0 that wants TLS inside the connection (use amqps://)'
    if (id === 0 && major === 0 && minor === 9) return `this is AMQP 0-9${revision === 1 ? '-1' : ''}`
    if (id === 1 && major === 1) return `this is AMQP ${minor === 0 ? '0-10' : '0-8'}`
    return `this is AMQP with header ${id}.${major}.${minor}.${revision}`
  }
  if (text.startsWith('HTTP/')) return 'this is HTTP'
  if (text.startsWith('SSH-')) return 'this is SSH'
  if (first[0] === 0x15 && first[1] === 3) return 'this is TLS (use amqps://)'
  if (text.startsWith('220')) return 'this is a mail or file server'
  if (text.startsWith('-ERR')) return 'this is Redis'
  const shown = Buffer.from(first.subarray(0, 8)).toString('hex')
  return `this is no AMQP (its first bytes are ${shown})`
}
