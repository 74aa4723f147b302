/**
 * The rooms of the house, low to high. A file may import from its own room and from rooms above it in this list
 * (lower ones in the house), narrowed by `only`. Layer rules and line limits are generated from this one list.
 */
export const rooms = [
  { path: 'src/model', lines: 200 },
  { path: 'src/expr', lines: 250 },
  { path: 'src/plan', lines: 200 },
  { path: 'src/aggregates', lines: 120 },
  { path: 'src/windows', lines: 250, only: ['src/model', 'src/aggregates'] },
  { path: 'src/codecs', lines: 300, only: ['src/model'], packages: [] },
  { path: 'src/connector', lines: 150, only: ['src/model', 'src/expr', 'src/codecs'] },
  { path: 'src/operators', lines: 200, packages: ['rxjs'] },
  { path: 'src/job', lines: 200, packages: ['rxjs'] },
  { path: 'src/views', lines: 250, only: ['src/model', 'src/connector'] },
  { path: 'src/amqp', lines: 300, only: ['src/model'], packages: ['rhea'] },
  { path: 'src/broker', lines: 250, only: ['src/model', 'src/amqp'] },
  {
    path: 'src/runtime',
    lines: 250,
    not: ['src/amqp', 'src/broker'],
    packages: ['esbuild', 'prom-client', 'acorn', '@jridgewell/trace-mapping'],
  },
  { path: 'src/testing', lines: 200, not: ['src/amqp', 'src/broker'] },
  {
    path: 'src/http',
    lines: 200,
    not: ['src/amqp', 'src/broker'],
    packages: ['fastify', '@fastify/helmet', '@fastify/static', '@fastify/sse', '@fastify/swagger', '@fastify/etag', 'zod'],
  },
  { path: 'connectors', lines: 300, only: ['src/model', 'src/expr', 'src/codecs', 'src/connector', 'src/amqp'] },
  { path: 'src/cli', lines: 200, packages: ['commander', 'picocolors', '@babel/code-frame', 'pino'] },
]
