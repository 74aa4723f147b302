import type { Fault } from './faults.js'
import { ModelBroker } from './model-broker.js'
import { dataDir, type World } from './world.js'

type Kinds = Fault['what']
type Of<K extends Kinds> = Fault & { readonly what: K }

const faultsOfDisk = (key: 'full' | 'writeErrors' | 'shortWrites' | 'slow', on: number | boolean, off: number | boolean) => {
  return (world: World, { ms }: { readonly ms: number }): void => {
    Object.assign(world.disk.faults, { [key]: on })
    world.scheduler.after(ms, () => Object.assign(world.disk.faults, { [key]: off }))
  }
}

const faultsOfSinks = (on: object, off: object) => {
  return (world: World, { ms }: { readonly ms: number }): void => {
    for (const sink of world.sinks.values()) Object.assign(sink, on)
    world.scheduler.after(ms, () => {
      for (const sink of world.sinks.values()) Object.assign(sink, off)
    })
  }
}

const actions: { readonly [K in Kinds]: (world: World, fault: Of<K>) => void } = {
  kill: world => world.crash(false),
  power: world => world.crash(true),
  'crash-point': (world, fault) => world.arm(fault),
  stop,
  'broken-link'({ sources }) {
    for (const source of sources.values()) if (source instanceof ModelBroker) source.fail()
  },
  cut({ sources }, { ms }) {
    for (const source of sources.values()) source.cut(ms)
  },
  'sync-error'({ disk }) {
    disk.faults.syncErrors = 1
  },
  'flip-snapshot': flipSnapshot,
  'disk-full': faultsOfDisk('full', true, false),
  'write-errors': faultsOfDisk('writeErrors', true, false),
  'short-writes': faultsOfDisk('shortWrites', 0.5, 0),
  'slow-disk': faultsOfDisk('slow', 50, 1),
  'sink-away': faultsOfSinks({ away: true }, { away: false }),
  'slow-sink': faultsOfSinks({ slow: 20, failures: 0.2 }, { slow: 1, failures: 0 }),
  pause({ life, scheduler }, { ms }) {
    life?.process.stop()
    scheduler.after(ms, () => life?.process.resume())
  },
  'take-over': takeOver,
  edit(world, { stop: gracefully }) {
    world.edited = !world.edited
    world.edits++
    world.misnamed = false
    if (gracefully) stop(world)
    else world.crash(false)
  },
  'wall-jump'(world, { ms }) {
    world.wallOffset += ms
    if (world.life) world.life.process.wallOffset = world.wallOffset
  },
}

/** Makes one thing go wrong now. */
export function injectFault<K extends Kinds>(world: World, fault: Of<K>): void {
  world.trace(`FAULT ${fault.what}`)
  const action = actions[fault.what as K]
  action(world, fault)
}

function stop({ life }: World): void {
  if (!life?.jobs || life.ending) return
  life.ending = 'stop'
  life.process.enter(() => void life.jobs!.stop(2_000))
}

function takeOver(world: World, { at, ms, linkLost }: Of<'take-over'>): void {
  const { life, scheduler } = world
  if (!life?.jobs) return
  life.process.stop()
  // What a stopped process holds comes again out of its order, and would be late.
  if (linkLost || world.scenario.exact) for (const source of world.sources.values()) source.cut(100)
  world.life = undefined
  scheduler.after(world.fork(`take over ${at}`).between(0, 50), () => {
    if (!world.life) world.start()
  })
  scheduler.after(ms, () => life.process.resume())
}

/** A bit of the newest snapshot decays while no process runs; only where there is an older one to fall back on. */
function flipSnapshot(world: World, { at }: Of<'flip-snapshot'>): void {
  world.crash(false)
  const entryOf = (path: string) => Number(/(\d+)\.snapshot$/.exec(path)![1])
  const snapshots = [...world.disk.files(`${dataDir}/snapshots`)].filter(([path]) => path.endsWith('.snapshot'))
  snapshots.sort(([a], [b]) => entryOf(b) - entryOf(a))
  if (snapshots.length < 2) return
  const [path, file] = snapshots[0]!
  world.trace(`a bit of ${path} flips`)
  file.flipBit(Math.floor(world.fork(`flip ${at}`).next() * file.bytes.length * 8))
}
