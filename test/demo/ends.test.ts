import { describe, expect, test } from 'vitest'
import { until } from '../support/until.js'
import { patience, StartedDemo } from './started-demo.js'

const pidOf = (sentence: string): number => Number(/and process (\d+) went/.exec(sentence)![1])

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('a demo ends', { timeout: patience.test }, () => {
  test('with MR620 where its job crashes by itself', async () => {
    const demo = await StartedDemo.start()
    const { sentence } = await demo.act('kill')
    process.kill(pidOf(sentence), 'SIGABRT')
    const { code, stderr } = await demo.command.done
    expect(code).toBe(1)
    expect(stderr).toContain('error MR620  it ended with SIGABRT')
    expect(await demo.left()).toEqual([])
    await demo.remove()
  })

  test('wholly where it is killed itself, and the next one sweeps what it left', async () => {
    const demo = await StartedDemo.start()
    const { sentence } = await demo.act('kill')
    demo.command.process.kill('SIGKILL')
    await until('its job ends too', () => (alive(pidOf(sentence)) ? undefined : true))
    expect(await demo.left()).toHaveLength(1)
    const next = await StartedDemo.start([], demo.temporary)
    await until('only the folder of the next', async () => ((await next.left()).length === 1 ? true : undefined))
    expect((await next.end()).code).toBe(0)
    expect(await next.left()).toEqual([])
    await next.remove()
  })
})
