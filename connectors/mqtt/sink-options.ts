import { checkOptions, type OptionCheck, wants } from '../../src/connector/check-options.js'
import type { Expr, SymbolicRow } from '../../src/expr/types.js'
import { brokerChecks, brokerFaults, type MqttBrokerOptions, type Qos, qosOption } from './options.js'
import { topicFault } from './topic-fault.js'

/** Options of an MQTT sink. */
export interface MqttSinkOptions<T> extends MqttBrokerOptions {
  /** Fixed, or from the row: w => format`alerts/${w.room}`. */
  readonly topic: string | ((row: SymbolicRow<T>) => Expr<string | null>) | ((row: SymbolicRow<T>) => Expr<string>)
  /** 1 (default): at least once; 2: each transfer once, while the connection lasts; 0 waits for nobody, and a row may be lost. */
  readonly qos?: Qos
  /** The broker keeps the last row of each topic for who subscribes later. Default false. */
  readonly retain?: boolean
}

const topic: OptionCheck = value => {
  if (typeof value === 'function') return undefined
  if (typeof value !== 'string') return 'wants a topic, or a function of the row'
  return topicFault(value)
}

/** @throws MR302 naming every fault. */
export function checkSinkOptions(id: string, options: MqttSinkOptions<never>): void {
  const checks = { ...brokerChecks, topic, qos: qosOption, retain: wants.flag }
  checkOptions(`mqttSink '${id}'`, options, checks, ['topic'], brokerFaults(options))
}
