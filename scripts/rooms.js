/**
 * The rooms of the house, low to high: a file may import from its own room and from rooms above it in this list, unless
 * `only` narrows that. `packages` are the third-party doors of the room. Layer rules and line limits come from here.
 */
export const rooms = [
  { path: 'src/model', lines: 200, packages: [] },
  { path: 'src/expr', lines: 250, packages: ['acorn'] },
  { path: 'src/plan', lines: 200, packages: [] },
  { path: 'src/aggregates', lines: 120, packages: [] },
  { path: 'src/windows', lines: 250, only: ['src/model', 'src/aggregates'], packages: [] },
  { path: 'src/codecs', lines: 300, only: ['src/model'], packages: [] },
  { path: 'src/connector', lines: 150, only: ['src/model', 'src/expr', 'src/codecs'], packages: [] },
  { path: 'src/operators', lines: 200, packages: ['rxjs'] },
  { path: 'src/job', lines: 200, packages: ['rxjs'] },
  { path: 'src/journal', lines: 250, only: ['src/model'], packages: [] },
  { path: 'src/views', lines: 250, only: ['src/model', 'src/connector'], packages: [] },
  { path: 'src/amqp', lines: 300, only: ['src/model'], packages: ['rhea'] },
  { path: 'src/broker', lines: 250, only: ['src/model', 'src/amqp', 'src/journal'], packages: [] },
  { path: 'src/dashboard', lines: 250, only: ['src/model'], packages: [] },
  { path: 'src/alerts', lines: 200, only: ['src/model', 'src/views', 'src/dashboard'], packages: [] },
  { path: 'src/demo', lines: 200, only: ['src/model', 'src/amqp'], packages: [] },
  {
    path: 'src/runtime',
    lines: 250,
    not: ['src/amqp', 'src/broker', 'src/demo'],
    packages: ['esbuild', 'prom-client', 'acorn', '@jridgewell/trace-mapping'],
  },
  { path: 'connectors', lines: 300, only: ['src/model', 'src/expr', 'src/codecs', 'src/connector', 'src/amqp'], packages: ['mqtt'] },
  { path: 'src/index.ts', lines: 100, not: ['src/amqp', 'src/broker', 'src/runtime', 'connectors'], packages: [] },
  { path: 'src/testing', lines: 200, not: ['src/broker', 'connectors'], packages: [] },
  {
    path: 'src/http',
    lines: 200,
    only: ['src/model', 'src/views', 'src/connector', 'src/dashboard', 'src/alerts', 'src/runtime'],
    packages: ['apache-arrow', 'fastify', '@fastify/helmet', '@fastify/static', '@fastify/swagger', '@fastify/etag'],
  },
  {
    path: 'src/cli',
    lines: 200,
    packages: ['commander', 'picocolors', '@clack/prompts', '@babel/code-frame', 'chokidar', 'esbuild', 'uqr'],
  },
  {
    path: 'jobs',
    lines: 80,
    only: ['src/index.ts', 'connectors'],
    packages: ['millrace', 'millrace/amqp', 'millrace/mqtt', 'millrace/file', 'millrace/http', 'millrace/console'],
  },
  // Connectors as others write them: through the public doors alone.
  { path: 'examples', lines: 150, only: [], packages: ['millrace'] },
  { path: 'dashboards', lines: 250, only: ['src/model', 'src/dashboard'], packages: ['uplot', '@dagrejs/dagre'] },
]

/** Files that may read the real clock and the real randomness. */
export const seams = ['src/runtime/seams/system-time.ts', 'src/runtime/seams/system-random.ts', 'src/runtime/seams/system-disk.ts']
