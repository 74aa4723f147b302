import { type Command, millrace } from '../cli/command.js'

/** `millrace broker` in a process of its own. */
export interface BrokerProcess {
  readonly url: string
  stop(): Promise<void>
}

export async function startBrokerProcess(): Promise<BrokerProcess> {
  const command: Command = millrace(['broker', '--listen', '127.0.0.1:0'])
  const url = (await command.said(/AMQP node\s+(amqp:\/\/\S+)/))[1]!
  return {
    url,
    stop: async () => {
      command.process.kill('SIGTERM')
      await command.done
    },
  }
}
