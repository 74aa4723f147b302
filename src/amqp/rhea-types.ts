import type { Socket } from 'node:net'
import type { ConnectionOptions as TlsOptions } from 'node:tls'

/** AMQP 1.0 part 2 §2.8.14: an error on a link, session or connection. */
export interface AmqpError {
  readonly condition?: string
  readonly description?: string
  readonly info?: unknown
}

/** Part 3 §3.5.3 and §3.5.4, the fields that Millrace sets or reads. Symbol lists of one entry arrive as one string. */
export interface Terminus {
  readonly address?: string | null
  /** 0 none, 1 configuration, 2 unsettled state. */
  readonly durable?: number
  readonly expiry_policy?: 'link-detach' | 'session-end' | 'connection-close' | 'never'
  readonly timeout?: number
  readonly dynamic?: boolean
  readonly dynamic_node_properties?: unknown
  readonly distribution_mode?: 'move' | 'copy'
  readonly filter?: unknown
  readonly outcomes?: string | readonly string[]
  readonly capabilities?: string | readonly string[]
  readonly value?: readonly unknown[]
}

export interface LinkOptions {
  readonly name?: string
  /** 0 unsettled, 1 settled, 2 mixed. */
  readonly snd_settle_mode?: 0 | 1 | 2
  /** 0 first, 1 second. */
  readonly rcv_settle_mode?: 0 | 1
  readonly max_message_size?: number
  readonly source?: Terminus
  readonly target?: Terminus
  readonly offered_capabilities?: string | readonly string[]
  readonly desired_capabilities?: string | readonly string[]
  readonly properties?: Readonly<Record<string, unknown>>
  readonly autosettle?: boolean
}

export interface SenderOptions extends LinkOptions {
  /** False keeps rhea from raising `released` besides `modified` for one delivery. */
  readonly treat_modified_as_released?: boolean
}

export interface ReceiverOptions extends LinkOptions {
  /** 0: credit by hand. */
  readonly credit_window?: number
  readonly autoaccept?: boolean
}

/** An encoded outcome (part 3 §3.4), made by `outcomes` of the door. */
export interface EncodedOutcome {
  readonly descriptor: unknown
}

/** The outcome that the peer gave to a delivery. */
export interface RemoteOutcome {
  readonly error?: AmqpError
  readonly delivery_failed?: boolean
  readonly undeliverable_here?: boolean
  readonly message_annotations?: unknown
}

export interface Delivery {
  readonly id: number
  readonly tag: Uint8Array
  readonly format: number
  readonly link: Link
  settled: boolean
  readonly remote_settled: boolean
  readonly remote_state: RemoteOutcome | undefined
  /** Several outcomes of different kinds in one turn of the event loop are merged wrongly by rhea: see `writeDisposition`. */
  update(settled: boolean | undefined, outcome?: EncodedOutcome): void
}

/** A message as rhea hands it over: its bytes at once, its sections decoded on first access. */
export interface LazyMessage {
  readonly bytes: Uint8Array
  readonly durable?: boolean
  readonly priority?: number
  readonly ttl?: number
  readonly first_acquirer?: boolean
  readonly delivery_count?: number
  readonly delivery_annotations?: Readonly<Record<string, unknown>>
  readonly message_annotations?: Readonly<Record<string, unknown>>
  readonly message_id?: unknown
  readonly user_id?: Uint8Array
  readonly to?: string
  readonly subject?: string
  readonly reply_to?: string
  readonly correlation_id?: unknown
  readonly content_type?: string
  readonly content_encoding?: string
  readonly absolute_expiry_time?: Date
  readonly creation_time?: Date
  readonly group_id?: string
  readonly group_sequence?: number
  readonly reply_to_group_id?: string
  readonly application_properties?: Readonly<Record<string, unknown>>
  /** A value; for data and sequence sections an object with `typecode` 0x75 or 0x76 and `content`. */
  readonly body?: unknown
  readonly footer?: Readonly<Record<string, unknown>>
}

export interface EventContext {
  readonly container: Container
  readonly connection: Connection
  readonly session: Session
  readonly receiver: Receiver
  readonly sender: Sender
  readonly delivery: Delivery
  readonly message: LazyMessage
  readonly error?: AmqpError & Error
  readonly reconnecting?: boolean
}

interface Emitter {
  on(event: string, listener: (context: EventContext) => void): this
  once(event: string, listener: (context: EventContext) => void): this
  removeListener(event: string, listener: (context: EventContext) => void): this
  removeAllListeners(event?: string): this
}

export interface Link extends Emitter {
  readonly name: string
  readonly session: Session
  readonly connection: Connection
  readonly credit: number
  readonly delivery_count: number
  /** The peer's error, once it detached. */
  readonly error: AmqpError | undefined
  /** The peer's attach; a null address or terminus means that it refuses. */
  readonly source: Terminus | null | undefined
  readonly target: Terminus | null | undefined
  readonly max_message_size: number | undefined
  readonly snd_settle_mode: 0 | 1 | 2 | undefined
  readonly offered_capabilities: string | readonly string[] | undefined
  readonly properties: Readonly<Record<string, unknown>> | undefined
  readonly local: { readonly handle: number; readonly attach: { readonly source: unknown; readonly target: unknown } }
  readonly remote: {
    readonly handle: number | undefined
    readonly attach?: { readonly name: string; readonly role: boolean }
    readonly detach?: { readonly closed: boolean; readonly error?: AmqpError }
  }
  set_source(source: Terminus): void
  set_target(target: Terminus): void
  is_open(): boolean
  is_remote_open(): boolean
  is_closed(): boolean
  is_receiver(): boolean
  is_sender(): boolean
  detach(): void
  close(error?: AmqpError): void
}

export interface Receiver extends Link {
  drain: boolean
  add_credit(credit: number): void
  drain_credit(): void
  set_credit_window(window: number): void
}

export interface Sender extends Link {
  /** Credit is there and rhea's own buffer has room. */
  sendable(): boolean
  set_drained(drained: boolean): void
  /** With `format` (0 for AMQP messages) the bytes are an encoded message and go out as they are. */
  send(encoded: Uint8Array, tag: Uint8Array | undefined, format: number): Delivery
}

export interface Session extends Emitter {
  readonly connection: Connection
  readonly error: AmqpError | undefined
  begin(): void
  open_receiver(options: ReceiverOptions): Receiver
  open_sender(options: SenderOptions): Sender
  close(error?: AmqpError): void
  is_open(): boolean
  is_closed(): boolean
}

export interface Connection extends Emitter {
  readonly container: Container
  readonly container_id: string | undefined
  readonly hostname: string | undefined
  readonly idle_time_out: number | undefined
  readonly max_frame_size: number | undefined
  readonly properties: Readonly<Record<string, unknown>> | undefined
  readonly error: AmqpError | undefined
  readonly socket: Socket | undefined
  /** The SASL layer of a server's connection; its mechanism knows who authenticated. */
  readonly sasl_transport?: { readonly mechanism?: { readonly username?: string } }
  create_session(bufferSize?: number): Session
  open_receiver(options: ReceiverOptions): Receiver
  open_sender(options: SenderOptions): Sender
  /** Takes over a socket that a server accepted. */
  accept(socket: Socket): Connection
  /** Opens as a client, with the options it was created with. */
  connect(): Connection
  open(): void
  close(error?: AmqpError): void
  is_open(): boolean
  is_closed(): boolean
}

export interface ConnectionOptions {
  readonly id?: string
  readonly container_id?: string
  readonly hostname?: string
  readonly host?: string
  readonly port?: number
  readonly username?: string
  readonly password?: string
  readonly servername?: string
  /** Only tells rhea that SASL EXTERNAL may be offered; the socket is ours. */
  readonly cert?: unknown
  readonly enable_sasl_external?: boolean
  readonly max_frame_size?: number
  readonly channel_max?: number
  readonly idle_time_out?: number
  readonly session_buffer_size?: number | { readonly incoming?: number; readonly outgoing?: number }
  readonly properties?: Readonly<Record<string, unknown>>
  readonly offered_capabilities?: string | readonly string[]
  readonly desired_capabilities?: string | readonly string[]
  readonly reconnect?: boolean
  readonly require_sasl?: boolean
  readonly disable_sasl?: boolean
  readonly sender_options?: SenderOptions
  readonly receiver_options?: ReceiverOptions
  /** Gives rhea the socket to use. */
  readonly connect?: (port: number, host: string, options: TlsOptions, connected: () => void) => Socket
}

/** Who may connect to a server; a callback may answer later. */
export interface SaslServerMechanisms {
  enable_anonymous(): void
  enable_plain(check: (user: string, password: string) => boolean | Promise<boolean>): void
}

export interface Container extends Emitter {
  readonly id: string
  readonly sasl_server_mechanisms: SaslServerMechanisms
  connect(options: ConnectionOptions): Connection
  create_connection(options: ConnectionOptions): Connection
}
