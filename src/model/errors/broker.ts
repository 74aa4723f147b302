import { entries } from './entry.js'

/** MR7xx: the embedded AMQP node. */
export const brokerErrors = entries({
  MR701: {
    title: 'the AMQP port cannot be opened',
    cause: 'Another process listens on it, or this user may not.',
    remedy: 'Join the other node with `MILLRACE_AMQP_URL=amqp://HOST:PORT`, or name another port; 0 takes a free one.',
    action: 'stop',
  },
  MR702: {
    title: 'the AMQP node is set up wrongly',
    cause: 'A limit, a name or an address type in its options makes no sense.',
    remedy: 'Types are queue, topic, anycast, multicast and subscription (named `topic::name`); limits are positive whole numbers.',
    action: 'stop',
  },
  MR703: {
    title: 'the address is of another type',
    cause: 'A link asks by capability for a queue, topic, anycast or multicast address, and the address exists as something else.',
    remedy: 'Ask for the type it has, use another name, or configure the address before its first use.',
    action: 'back-off',
  },
  MR704: {
    title: 'the selector is not understood',
    cause: 'The node knows JMS selectors: comparisons, AND, OR, NOT, arithmetic, IN, BETWEEN, LIKE and IS NULL.',
    remedy: 'Mend the selector at the place that the message names, or filter in the job with `where`.',
    action: 'stop',
  },
  MR705: {
    title: 'the AMQP node refused the credentials',
    cause: 'The name or password is wrong, or anonymous peers are not allowed.',
    remedy: 'Check the user in the URL; anonymous peers are taken from loopback only, and only while no users are configured.',
    action: 'stop',
  },
  MR706: {
    title: 'the peer broke the AMQP protocol',
    cause: 'It sent a frame that is too large, malformed or out of place, another protocol, or nothing at all for ten seconds.',
    remedy: 'Use an AMQP 1.0 client, and keep frames below the size that the node announces. Other connections are not touched.',
    action: 'stop',
  },
  MR707: {
    title: 'the message is larger than the node takes',
    cause: 'Messages are held in memory, so the size of each is bounded, and of all that a connection has half sent.',
    remedy: 'Send messages of 16 MiB at most, or run the job with a broker that takes larger ones: MILLRACE_AMQP_URL.',
    action: 'refuse',
  },
  MR708: {
    title: 'the AMQP node keeps no more addresses',
    cause: 'Addresses are made on demand and each costs memory, so their number is bounded.',
    remedy: 'Use 10,000 names at most; unused ones are forgotten by themselves. More need a broker of your own: MILLRACE_AMQP_URL.',
    action: 'back-off',
  },
  MR709: {
    title: 'the AMQP node has no connection left',
    cause: 'The number of connections is bounded.',
    remedy: 'Close connections that are not needed: 1,000 at a time are taken. More need a broker of your own: MILLRACE_AMQP_URL.',
    action: 'back-off',
  },
  MR710: {
    title: 'the queues of the AMQP node hold all that they may',
    cause: 'Messages stay in memory until a receiver has taken them, durable ones too, so their bytes are bounded over all queues.',
    remedy: 'Attach receivers to the queues that are full: 512 MiB is the most. Senders wait meanwhile; nothing is lost.',
    action: 'back-off',
  },
})
