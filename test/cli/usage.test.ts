import { describe, expect, it } from 'vitest'
import { finished } from './command.js'

describe.concurrent('usage', () => {
  it.each([
    ['an unknown command', ['frobnicate'], /unknown command 'frobnicate'/, /millrace --help/],
    ['a misspelt command', ['runn', 'a.job.ts'], /unknown command 'runn'/, /did you mean run\?/],
    ['a misspelt option', ['run', 'a.job.ts', '--htp', 'x'], /unknown option '--htp'/, /did you mean --http\?/],
    ['a job that is not named', ['run'], /missing required argument 'job'/, /--help/],
    ['a format that is not known', ['explain', 'a.job.ts', '--format', 'dot'], /dot.*ascii, mermaid, json/, /--help/],
    ['results that are not known', ['run', 'a.job.ts', '--results', 'csv'], /csv.*ndjson/, /--help/],
    ['a speed out of range', ['demo', '--speed', '0'], /--speed is '0', not a factor between 0\.1 and 3600/, /--help/],
    ['a user without a password', ['broker', '--user', 'plant:NOT_SET_ANYWHERE'], /NOT_SET_ANYWHERE, which is not set/, /--help/],
    ['an address without a type', ['broker', '--address', 'jobs'], /'jobs' is not of the form --address NAME:TYPE/, /--help/],
  ])('%s ends with 2', async (_, args, message, remedy) => {
    const { code, stdout, stderr } = await finished(args)
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^error MR601 {2}/)
    expect(stderr).toMatch(message)
    expect(/= try: {2}(.+)/.exec(stderr)?.[1]).toMatch(remedy)
  })

  it.each([
    ['MR401', ['run', 'nothing.job.ts'], /no job file nothing\.job\.ts/],
    ['MR401', ['explain', 'nothing.job.ts'], /no job file/],
    ['MR602', ['run', 'jobs/thermostat.job.ts', '--http', 'here:there'], /'here:there' is not an address to listen on/],
    ['MR603', ['explain', 'MR999'], /no error MR999/],
    ['MR606', ['demo', 'everything'], /no demo 'everything'/],
    ['MR106', ['demo', '--for', '5 parsecs'], /'5 parsecs' is not a duration/],
    ['MR702', ['broker', '--address', 'a:heap'], /"a" has the type "heap"/],
  ])('%s: %j', async (error, args, message) => {
    const { code, stdout, stderr } = await finished(args)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(new RegExp(`^error ${error} {2}`))
    expect(stderr).toMatch(message)
    expect(stderr).toMatch(/= try: {2}.+\n.*= docs: millrace explain MR/)
  })

  it('help and version go to stdout and end with 0', async () => {
    const help = await finished(['--help'])
    expect(help).toMatchObject({ code: 0, stderr: '' })
    for (const command of ['demo', 'run', 'validate', 'explain', 'broker']) expect(help.stdout).toMatch(new RegExp(`^ +${command} `, 'm'))
    expect(await finished(['--version'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string })
    const run = (await finished(['run', '--help'])).stdout
    expect(run).toContain('--read <name=file>')
    expect(run).not.toContain('[])')
    expect(run).toMatch(/--live-readers <count> .*\(default 1000\)/)
  })
})
