import { entries } from './entry.js'

/** MR5xx: the HTTP API, views and the page. */
export const httpErrors = entries({
  MR501: {
    title: 'view option out of range',
    cause:
      'A view has an id of letters, digits, `-` and `_` (it is part of a URL), and the options `keep` (a duration) and `maxBytes` (64 KiB … 4 GiB).',
    remedy: "Write for example `view('climate', { keep: '7d', maxBytes: 64 * 1024 * 1024 })`.",
    action: 'stop',
  },
  MR502: {
    title: 'view opened as a sink',
    cause: 'Views live in the process that serves them; the runtime opens them through its registry.',
    remedy: 'Open sinks of kind `view` with `registry.open(job, sink)`.',
    action: 'stop',
  },
  MR503: {
    title: 'HTTP port taken',
    cause: 'Another process listens on the port that was asked for by name.',
    remedy: 'Name a free port, `--http 127.0.0.1:8081`, or leave the port out and take the one that Millrace finds.',
    action: 'stop',
  },
  MR504: {
    title: 'HTTP address reachable from other machines',
    cause: 'The API has no log-in. An address other than loopback would show data to everyone who can reach this machine.',
    remedy: 'Bind to 127.0.0.1; to show the page to other machines, read only and with a token, add `--share`.',
    action: 'stop',
  },
  MR505: {
    title: 'host name not served',
    cause:
      'The Host header names a machine that this server does not answer for. A web page of somebody else could otherwise read the API under a name of its own (DNS rebinding).',
    remedy: 'Use http://127.0.0.1 or http://localhost with the port that Millrace printed.',
    action: 'refuse',
  },
  MR506: {
    title: 'unknown parameter',
    cause: 'A misspelt parameter would otherwise be ignored, and the answer would be to another question.',
    remedy: 'Look the parameters of the route up in /openapi.json.',
    action: 'refuse',
  },
  MR507: {
    title: 'parameter not understood',
    cause: 'The value of a parameter is not of the form that it asks for, or it was given twice.',
    remedy:
      'Times are RFC 3339, ms since the epoch, or relative such as `now-15m`; `final` is true or false; `limit` is a positive whole number.',
    action: 'refuse',
  },
  MR508: {
    title: 'not a cursor',
    cause: 'The value of `after` was not made by this API.',
    remedy: 'Follow the address of the `Link` header with rel="next" unchanged.',
    action: 'refuse',
  },
  MR509: {
    title: 'unknown column',
    cause: 'The view has no such column, or rows are not keyed by it.',
    remedy: 'Look the columns up at /api/v1/views.',
    action: 'refuse',
  },
  MR510: {
    title: 'not found',
    cause: 'There is no job, view, dead letter or page of this name.',
    remedy: 'The lists are at /api/v1/jobs, /api/v1/views and /api/v1/dead-letters.json.',
    action: 'refuse',
  },
  MR511: {
    title: 'more rows than JSON should carry',
    cause:
      'A JSON array must be held whole by its reader; beyond 100,000 rows the formats that stream are better, and cutting it short silently would be worse.',
    remedy:
      'Ask for rows.arrow, rows.ndjson or rows.csv, which stream them all; or narrow `from` and `to`; or give an explicit `limit` and follow the `Link` header.',
    action: 'refuse',
  },
  MR512: {
    title: 'method not allowed',
    cause: 'This address answers only reads, or does not exist.',
    remedy: 'Use GET or HEAD; the routes that take POST are listed at /openapi.json.',
    action: 'refuse',
  },
  MR513: {
    title: 'too many readers',
    cause: 'Each live reader and each streamed answer holds memory; their number is bounded so that the jobs stay well.',
    remedy: 'Close readers that are not needed, or try again later.',
    action: 'back-off',
  },
  MR514: {
    title: 'view name ambiguous',
    cause: 'Several jobs have a view of this name.',
    remedy: 'Write the job before the name, with a colon: `room-climate:climate`.',
    action: 'refuse',
  },
  MR515: {
    title: 'internal error',
    cause: 'Something in Millrace failed while it answered; the log has the details.',
    remedy: 'Please report it with the lines of the log.',
    action: 'refuse',
  },
  MR516: {
    title: 'page not built',
    cause: 'The folder of the page has no index.html.',
    remedy: 'Run `npm run build`, or use the API alone at /api/v1.',
    action: 'stop',
  },
  MR517: {
    title: 'malformed request',
    cause: 'The request is not well-formed HTTP, or a part of its address is not.',
    remedy: 'Percent-encode names in addresses.',
    action: 'refuse',
  },
  MR518: {
    title: 'saved rows do not fit the view',
    cause: 'The rows of a view were saved with other columns than the job gives it now.',
    remedy: 'Nothing has to be done: the view begins anew, and fills as windows close.',
    action: 'refuse',
  },
  MR519: {
    title: 'HTTP address cannot be bound',
    cause: 'The system refused the address or port: it is no address of this machine, or needs more rights.',
    remedy: 'Bind to 127.0.0.1 and a port above 1023.',
    action: 'stop',
  },
  MR520: {
    title: 'value that the format cannot say',
    cause: 'A column of whole numbers holds a value that a 64-bit integer cannot: it lies beyond ±2^63, or a sum ran to infinity.',
    remedy: 'Ask for rows.csv or rows.ndjson, which write numbers as text, or leave the column out with `columns`.',
    action: 'refuse',
  },
  MR521: {
    title: 'request too large',
    cause: 'Address and headers may have 16 KiB together, a name in an address 300 characters, and the body of an action 1 KiB.',
    remedy: 'Shorten what the message names; ask for fewer columns or keys at a time.',
    action: 'refuse',
  },
  MR545: {
    title: 'header of an action missing',
    cause:
      'A request that changes something must carry the header `millrace-action: 1`. A browser asks before it sends such a header from a page of another origin, so no foreign page can act in your name.',
    remedy: "Add it: `curl -X POST -H 'millrace-action: 1' URL`.",
    action: 'refuse',
  },
  MR546: {
    title: 'this page is read only',
    cause: 'It was shared with `--share`: its guests may look at everything and change nothing.',
    remedy: 'Act on the machine that runs Millrace, at the loopback address that it printed.',
    action: 'refuse',
  },
  MR547: {
    title: 'not possible in this demo now',
    cause:
      'There is no such action, this demo does not offer it, or its state forbids it: what is unplugged is not unplugged again, and nothing is sent to a broker that is away.',
    remedy: 'Look at `actions` in /api/v1/demo: it lists what can be done now.',
    action: 'refuse',
  },
  MR548: {
    title: 'token of the shared page missing or wrong',
    cause:
      'The page is shared with `--share`: from other machines it opens only with the token that was printed with it, new at each start.',
    remedy: 'Scan the QR code, or open the whole address that was printed; programs send `Authorization: Bearer TOKEN`.',
    action: 'refuse',
  },
  MR549: {
    title: 'too many wrong tokens',
    cause: 'Ten different wrong tokens came from one address within a minute.',
    remedy: 'Wait a minute, then open the whole address that was printed.',
    action: 'back-off',
  },
})
