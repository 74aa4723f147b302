/** Thrown while a peer's frame is handled: the link, session or connection is closed with this error, and nothing else suffers. */
export class Refusal extends Error {
  readonly scope: 'link' | 'session' | 'connection'
  readonly condition: string

  constructor(scope: 'link' | 'session' | 'connection', condition: string, description: string) {
    super(description)
    this.scope = scope
    this.condition = condition
  }
}
