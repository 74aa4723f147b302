const utf8 = new TextEncoder()
/** [MQTT-4.7.3-3]. */
const mostBytes = 65_535

/** Why nothing can be published to this topic, as words that follow it; undefined where it can. MQTT 3.1.1 §4.7. */
export function topicFault(topic: string): string | undefined {
  if (topic === '') return 'is empty'
  if (/[+#]/.test(topic)) return 'contains a wildcard, + or #, which only readers may use'
  if (topic.includes('\0')) return 'contains NUL'
  if (topic.startsWith('$share/')) return 'begins with $share/, which only readers may use'
  return topic.length > mostBytes / 4 && utf8.encode(topic).length > mostBytes ? `is longer than ${mostBytes} bytes` : undefined
}
