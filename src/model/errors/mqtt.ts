import { entries } from './entry.js'

/** MR320–MR329: MQTT connections, sessions and topics. */
export const mqttErrors = entries({
  MR320: {
    title: 'no MQTT broker named',
    cause: 'The source or sink has no `url`, and MILLRACE_MQTT_URL is not set.',
    remedy: 'Give `url`, or set MILLRACE_MQTT_URL=mqtt://host:1883.',
    action: 'stop',
  },
  MR321: {
    title: 'the MQTT broker refuses this client',
    cause: 'The broker answered, and refused user and password, or the client id, or the right to connect.',
    remedy: 'Check user, password and client id, and what the broker lets this user do.',
    action: 'stop',
  },
  MR322: {
    title: 'not an MQTT address',
    cause: 'A broker is named by a URL such as mqtt://host:1883, or mqtts:// for TLS.',
    remedy: 'Write mqtt://host:port or mqtts://host:port; user and password may stand before the host, percent-encoded.',
    action: 'stop',
  },
  MR323: {
    title: 'the server does not speak this MQTT',
    cause: 'Something answered at this address, but not in the MQTT version that was asked for, or it broke the protocol.',
    remedy: 'Check host and port, mqtt:// against mqtts://, and `version`: 5, or 4 for brokers that know MQTT 3.1.1 only.',
    action: 'stop',
  },
  MR324: {
    title: 'the MQTT session was lost at the broker',
    cause:
      'The broker has no session of this client any more: it expired, was removed, or the broker keeps sessions in memory and was started again. What was published meanwhile is gone.',
    remedy:
      'Give a longer `sessionExpiry`, and let the broker keep its sessions on disk (mosquitto: `persistence true`). The guarantee says that messages may be missing until the job begins afresh, `--reset`; what senders still have can be published again.',
    action: 'back-off',
  },
  MR325: {
    title: 'another client took the MQTT session over',
    cause: 'A second client connected under the same client id, and a broker lets one of them live. Two would end each other for ever.',
    remedy: 'Stop the other one, or give each its own `clientId`; several that share the work also want `share`.',
    action: 'stop',
  },
  MR326: {
    title: 'the MQTT broker refuses the subscription',
    cause: 'The broker answered, and gives this client no right to the topic, or does not do what was asked, such as shared subscriptions.',
    remedy: 'Give the user the right to read the topic, or change topic, `share` or `qos`.',
    action: 'stop',
  },
  MR327: {
    title: 'a result has no topic that can be published to',
    cause: 'The topic of the sink is computed per row, and for this row is null, empty, too long, or contains +, # or NUL.',
    remedy: "Give a default, and keep wildcards out: topic: r => format`alerts/${r.room.orElse('unknown')}`.",
    action: 'dead-letter',
  },
  MR328: {
    title: 'the MQTT broker ended the connection',
    cause: 'The broker disconnected this client and said why.',
    remedy: 'Nothing to do when it comes back by itself; otherwise read the reason in the message.',
    action: 'back-off',
  },
})
