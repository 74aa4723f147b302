/** A value of an AMQP type that JavaScript has no exact counterpart for (decimal32, decimal64, decimal128). */
export class AmqpUnsupported {
  readonly type: string

  constructor(type: string) {
    this.type = type
  }
}
