import type { MessageIdentity } from '../../../src/runtime/identity/message-identity.js'
import type { Plant } from '../plant.js'

/** An id alone makes a duplicate, whatever the message says. */
export const bodyIgnored: Plant = {
  name: 'body-ignored',
  what: 'a message with a known id is left out though its body is another',
  factories: {
    ids(ids) {
      const judge = ids.judge.bind(ids)
      ids.judge = (source, identity, chunk, stream, entry) => judge(source, withoutBody(identity), chunk, stream, entry)
      return ids
    },
  },
}

const withoutBody = (identity: MessageIdentity): MessageIdentity =>
  new Proxy(identity, {
    get(target, name) {
      if (name === 'bareEnd') return target.bareStart
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
