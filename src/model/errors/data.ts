import { entries } from './entry.js'

/** MR2xx: input data: decoding, types, time stamps, files. */
export const dataErrors = entries({
  MR201: {
    title: 'not JSON',
    cause: 'The body (or line) is no JSON text by RFC 8259. A byte order mark, a trailing comma, NaN and comments are not JSON.',
    remedy: 'Mend the sender, or read the body with another decoder: valueText, raw or convert.',
    action: 'dead-letter',
  },
  MR202: {
    title: 'missing field',
    cause: 'A field of the schema that is not nullable is absent from the message, or null.',
    remedy: 'Mend the sender, correct the path with `.at(…)` or `.from(…)`, or declare the field `.nullable()`.',
    action: 'dead-letter',
  },
  MR203: {
    title: 'mistyped field',
    cause: 'A value has another type than the schema says. Nothing is converted silently: a text such as "23" is not a number.',
    remedy: 'Change the type in the schema, or convert on purpose with `convert(S, message => …)`.',
    action: 'dead-letter',
  },
  MR204: {
    title: 'number is not finite',
    cause: 'NaN and infinities would spread through every mean and sum of their window.',
    remedy: 'Mend the sender, or admit them with `number({ allowNonFinite: true })`.',
    action: 'dead-letter',
  },
  MR205: {
    title: 'text is not one of those admitted',
    cause: 'A `oneOf` field admits the listed texts and no other.',
    remedy: 'Add the text to `oneOf(…)`, or use `text()`.',
    action: 'dead-letter',
  },
  MR206: {
    title: 'not a time in the format of the schema',
    cause: 'A timestamp could not be read in the format that its field names, or lies outside the years that can be told.',
    remedy: "Name the format of the data, for example timestamp('epoch-ms') or timestamp('yyyy-MM-dd HH:mm:ss', 'UTC').",
    action: 'dead-letter',
  },
  MR208: {
    title: 'not a whole number that can be told exactly',
    cause: 'An integer field holds whole numbers between −2^53 + 1 and 2^53 − 1; beyond them neighbours would become equal.',
    remedy: 'Use `number()` for fractions, and `text()` for long ids.',
    action: 'dead-letter',
  },
  MR209: {
    title: 'unexpected kind of body',
    cause: 'The decoder reads other kinds of message body than the one that came.',
    remedy: 'Choose a decoder for this body: json, value, valueText, raw, or firstOf for several kinds on one address.',
    action: 'dead-letter',
  },
  MR210: {
    title: 'nested too deep or too large',
    cause: 'Values may nest 64 levels and declare no more elements than their bytes can hold: one message must not stop the process.',
    remedy: 'Mend the sender; real sensor data is far below these limits.',
    action: 'dead-letter',
  },
  MR211: {
    title: 'text is not UTF-8',
    cause: 'JSON, AMQP strings and CSV files are UTF-8; the bytes are not.',
    remedy: 'Mend the sender, or read the bytes with `raw()`.',
    action: 'dead-letter',
  },
  MR212: {
    title: 'malformed AMQP message',
    cause: 'A section of the message breaks the encoding rules of AMQP 1.0 (part 1 §1.6, part 3 §3.2).',
    remedy: 'Mend the sender; the dead letter holds the raw bytes and the offset of the fault.',
    action: 'dead-letter',
  },
  MR213: {
    title: 'rejected by the converter',
    cause: "The job's own converter answered reject(reason).",
    remedy: 'The reason is the one that the converter gave.',
    action: 'dead-letter',
  },
  MR214: {
    title: 'the converter threw',
    cause: "The job's own converter threw an error for this message; other messages are not affected.",
    remedy: 'Mend the converter, or answer reject(reason) or skip() for such messages.',
    action: 'dead-letter',
  },
  MR215: {
    title: 'key given twice',
    cause: 'An AMQP map with one key twice is invalid (AMQP 1.0 part 1 §1.6.23), and which value counts would be chance.',
    remedy: 'Mend the sender.',
    action: 'dead-letter',
  },
  MR217: {
    title: 'a column of the schema is not in the file',
    cause: 'Files are bound by field name: each field that is not nullable needs a CSV column (or NDJSON key) of its own name.',
    remedy: "Rename the columns in the header line to the names of the fields, or name the column in the schema: number().at('temp').",
    action: 'stop',
  },
  MR218: {
    title: 'file cannot be read',
    cause: 'The file named on the command line does not exist or cannot be opened.',
    remedy: 'Check the path; it is relative to the current folder.',
    action: 'stop',
  },
  MR219: {
    title: 'malformed line',
    cause: 'A CSV line has more or fewer cells than the header, or a quote that is never closed (RFC 4180).',
    remedy: 'Mend the line; the others are read.',
    action: 'dead-letter',
  },
  MR220: {
    title: 'unknown file format',
    cause: 'A file is read as CSV or NDJSON by its extension.',
    remedy: 'Name it .csv, .ndjson or .jsonl.',
    action: 'stop',
  },
  MR221: {
    title: 'decoder does not fit its schema',
    cause: 'A decoder was given a schema that it cannot fill.',
    remedy: 'See the message for what it needs.',
    action: 'stop',
  },
})
