import type { NetworkInterfaceInfo } from 'node:os'
import { describe, expect, it } from 'vitest'
import { shareAddress } from './share-address.js'

const of = (address: string, internal = false): NetworkInterfaceInfo =>
  address.includes(':')
    ? { address, netmask: 'ffff::', family: 'IPv6', mac: '00:00:00:00:00:00', internal, cidr: null, scopeid: 0 }
    : { address, netmask: '255.255.255.0', family: 'IPv4', mac: '00:00:00:00:00:00', internal, cidr: null }

const lo = [of('127.0.0.1', true), of('::1', true)]
const laptop = { lo, docker0: [of('172.17.0.1')], wlan0: [of('fe80::1'), of('192.168.1.20')], wwan0: [of('100.64.3.4')] }

describe('shareAddress', () => {
  it('takes the likeliest address and names the others', () => {
    expect(shareAddress(laptop, undefined)).toEqual({
      host: '192.168.1.20',
      interface: 'wlan0',
      others: [
        { host: '100.64.3.4', interface: 'wwan0' },
        { host: '172.17.0.1', interface: 'docker0' },
      ],
    })
  })

  it.each([
    ['172.17.0.1', '172.17.0.1'],
    ['wwan0', '100.64.3.4'],
    ['wlan0', '192.168.1.20'],
    ['fe80::1', 'fe80::1'],
    ['127.0.0.1', '127.0.0.1'],
    ['127.0.0.2', '127.0.0.2'],
  ])('takes %s by name: %s', (named, host) => expect(shareAddress(laptop, named).host).toBe(host))

  it.each([
    [{ lo }, undefined, 'this machine is in no network'],
    [laptop, '192.168.1.21', "'192.168.1.21' is no address of this machine"],
    [laptop, 'eth7', "'eth7' is no address of this machine"],
    [laptop, '0.0.0.0', "'0.0.0.0' is no address of this machine"],
  ] as const)('refuses what guests could not reach', (interfaces, named, message) => {
    expect(() => shareAddress(interfaces, named)).toThrow(expect.objectContaining({ code: 'MR621', message }))
  })
})
