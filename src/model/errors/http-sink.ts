import { entries } from './entry.js'

/** MR340–MR349: posting rows to HTTP peers. */
export const httpSinkErrors = entries({
  MR340: {
    title: 'not an HTTP address',
    cause: 'A peer is named by an address such as https://example.com/rows, without user, password and fragment.',
    remedy: "Write http:// or https:// with host and path; credentials belong into `bearer: secret('NAME')` or `headers`.",
    action: 'stop',
  },
  MR341: {
    title: 'the HTTP peer refuses the credentials',
    cause: 'The peer answered 401, 403 or 407: it does not know who asks, or does not let them post here. No row would be taken.',
    remedy: 'Check the secret behind `bearer` or `headers`, and what the peer lets it do; the rows wait, and go out at the next start.',
    action: 'stop',
  },
  MR342: {
    title: 'the HTTP peer refused rows',
    cause: 'The peer answered with a 4xx that no repeat changes: what was sent is not what it takes, or nothing takes it at this address.',
    remedy: 'Read what the peer said in the message; the rows named were not delivered, all others were.',
    action: 'dead-letter',
  },
  MR343: {
    title: 'the HTTP peer sends us elsewhere',
    cause: 'The peer answered with a redirect. It is not followed: rows and credentials would go to an address that nobody named.',
    remedy: 'Write the address that the message names into `url`, if it is the right one.',
    action: 'stop',
  },
  MR344: {
    title: 'the HTTP peer cannot be reached',
    cause: 'The connection was refused, timed out or was lost before the answer came.',
    remedy: 'Start the peer or mend the address; Millrace keeps trying, with growing pauses.',
    action: 'back-off',
  },
  MR345: {
    title: 'the HTTP peer is busy or failing',
    cause: 'The peer answered 5xx, 408, 425 or 429: it may take the rows later.',
    remedy: 'Nothing to do when it comes back by itself; Millrace tries again with growing pauses, and not before the peer asks for it.',
    action: 'back-off',
  },
  MR346: {
    title: 'the server does not speak HTTP/1.1 here',
    cause: 'Something answered at this address, but not in HTTP/1.1, or not in TLS.',
    remedy: 'Check host and port, and http:// against https://.',
    action: 'stop',
  },
  MR347: {
    title: 'a header cannot be sent',
    cause: 'A value that came from the environment has characters that a header cannot carry; often it is a line break at its end.',
    remedy: 'Set the variable without a line break, for example with `$(cat file)` rather than by copying the file.',
    action: 'stop',
  },
})
