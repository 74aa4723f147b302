import { entries } from './entry.js'

/** MR3xx: AMQP connections, links and outcomes. */
export const amqpErrors = entries({
  MR301: {
    title: 'no AMQP broker named',
    cause: 'The source or sink has no `url`, MILLRACE_AMQP_URL is not set, and no embedded node runs in this process.',
    remedy: 'Give `url`, set MILLRACE_AMQP_URL=amqp://host:5672, or start the job with `millrace run`, which brings its own node.',
    action: 'stop',
  },
  MR302: {
    title: 'unknown or wrong option',
    cause: 'An option of a source or sink is misspelt, missing or has a value that it cannot have.',
    remedy: 'Mend the options named in the message.',
    action: 'stop',
  },
  MR303: {
    title: 'not an AMQP address',
    cause: 'A broker is named by a URL such as amqp://host:5672, or amqps:// for TLS.',
    remedy: 'Write amqp://host:port or amqps://host:port; user and password may stand before the host, percent-encoded.',
    action: 'stop',
  },
  MR304: {
    title: 'a variable of the environment is missing',
    cause: "`env('NAME')` and `secret('NAME')` are read when the source or sink opens, and the variable is not set.",
    remedy: "Set the variable, or give a default: env('NAME', 'value').",
    action: 'stop',
  },
  MR305: {
    title: 'wrong user or password',
    cause: 'The broker answered, and refused the credentials.',
    remedy: 'Check user and password, and that the broker offers PLAIN or, without a user, ANONYMOUS.',
    action: 'stop',
  },
  MR306: {
    title: 'the server speaks another protocol',
    cause: 'Something answered at this address, but not as an AMQP 1.0 peer.',
    remedy:
      'Check host and port, amqp:// against amqps://, and whether the broker has AMQP 1.0 enabled (RabbitMQ before 4.0 needs its rabbitmq_amqp1_0 plugin).',
    action: 'stop',
  },
  MR307: {
    title: 'the broker cannot be reached',
    cause: 'The connection was refused, timed out or was lost.',
    remedy: 'Start the broker or mend the address; Millrace keeps trying, with growing pauses.',
    action: 'back-off',
  },
  MR308: {
    title: 'no such address at the broker',
    cause: 'The broker knows no queue, topic or route of this name (amqp:not-found).',
    remedy: 'Create the address, or correct its name; Millrace tries again every few seconds.',
    action: 'back-off',
  },
  MR309: {
    title: 'the broker refuses the link',
    cause: 'Attaching to the address is forbidden, or asks for something that the broker does not do.',
    remedy: 'Give the user the right to this address, or change kind, subscription or selector.',
    action: 'stop',
  },
  MR310: {
    title: 'a message is not well-formed AMQP',
    cause: 'The declared sizes and counts of the message do not fit its bytes, or a value has no AMQP 1.0 type.',
    remedy: 'Mend the sender; the bytes of the message are kept with the dead letter.',
    action: 'dead-letter',
  },
  MR311: {
    title: 'results were rejected by their receiver',
    cause: 'The peer answered `rejected`: it will never take these messages.',
    remedy: 'Read the reason in the message; the rows named were not delivered, all others were.',
    action: 'dead-letter',
  },
  MR312: {
    title: 'the TLS certificate is not trusted',
    cause:
      'The certificate of the broker does not match its name, has expired, or comes from an authority that this machine does not know.',
    remedy:
      'Give the authority as `tls: { ca }`, or correct the host name. Turning verification off makes the connection open to anyone in between.',
    action: 'stop',
  },
  MR313: {
    title: 'the link was ended by the peer',
    cause: 'The broker detached the link or ended its session or connection.',
    remedy: 'Nothing to do when it comes back by itself; otherwise read the condition in the message.',
    action: 'back-off',
  },
  MR314: {
    title: 'a result has no address',
    cause: 'The address of the sink is computed per row, and is null or empty for this row.',
    remedy: "Give a default: address: r => format`alerts/${r.room.orElse('unknown')}`.",
    action: 'dead-letter',
  },
  MR315: {
    title: 'a TLS key or certificate cannot be read',
    cause:
      '`tls: { ca, cert, key }` takes the texts of PEM files; one of them is a path, is damaged, wants a passphrase, or does not belong to the other.',
    remedy: "Give the text itself, such as readFileSync('ca.pem', 'utf8') or secret('CLIENT_KEY'); `cert` and `key` are a pair.",
    action: 'stop',
  },
})
