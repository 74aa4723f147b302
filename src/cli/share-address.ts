import type { NetworkInterfaceInfo } from 'node:os'
import { MillraceError } from '../model/errors/millrace-error.js'

/** The interfaces of a machine, as `node:os` tells them. */
export type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>

/** An address to be shared, and which others there would have been. */
export interface ShareAddress {
  readonly host: string
  readonly interface: string
  readonly others: readonly { readonly host: string; readonly interface: string }[]
}

interface Address {
  readonly host: string
  readonly interface: string
  readonly internal: boolean
  readonly family: string
}

/** Made by software for machines inside this one: what a guest reaches is seldom behind them. */
const virtual = /^(docker|br-|veth|virbr|vmnet|vboxnet|utun|tun|tap|wg|zt|tailscale|vEthernet)/i

/** Networks of houses and offices (RFC 1918). */
const isPrivate = (host: string): boolean => /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(host)

const rank = ({ host, interface: name }: Address): number => (virtual.test(name) ? 2 : 0) + (isPrivate(host) ? 0 : 1)

/**
 * The address under which other machines reach this one: the one named, by itself or by its interface, else the likeliest:
 * an IPv4 address of a real interface in a private network.
 *
 * @throws MR621 where there is none, or none of that name.
 * @example
 * shareAddress(os.networkInterfaces(), undefined).host // '192.168.1.20'
 */
export function shareAddress(interfaces: Interfaces, named: string | undefined): ShareAddress {
  const all = Object.entries(interfaces).flatMap(([name, list]) =>
    (list ?? []).map(({ address, internal, family }): Address => ({ host: address, interface: name, internal, family })),
  )
  const reachable = all.filter(({ internal, family }) => !internal && family === 'IPv4').sort((a, b) => rank(a) - rank(b))
  const found = named === undefined ? reachable[0] : (ofName(all, named) ?? loopback(named))
  if (!found) {
    const list = reachable.map(({ host, interface: name }) => `${host} (${name})`).join(', ')
    throw new MillraceError('MR621', named === undefined ? 'this machine is in no network' : `'${named}' is no address of this machine`, {
      ...(list && { hint: `the addresses of this machine are ${list}` }),
    })
  }
  const others = reachable.filter(({ host }) => host !== found.host).map(({ host, interface: name }) => ({ host, interface: name }))
  return { host: found.host, interface: found.interface, others }
}

/** Of an interface its IPv4 address goes first. */
const ofName = (all: readonly Address[], named: string): Address | undefined =>
  all.find(({ host }) => host === named) ??
  all.find(({ interface: name, family }) => name === named && family === 'IPv4') ??
  all.find(({ interface: name }) => name === named)

/** All of 127.0.0.0/8 is this machine's, though its interface tells one address of it. */
const loopback = (named: string): Address | undefined =>
  /^127(\.\d{1,3}){3}$/.test(named) ? { host: named, interface: 'lo', internal: true, family: 'IPv4' } : undefined
