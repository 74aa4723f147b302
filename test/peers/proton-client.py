"""One Proton connection driven by JSON lines: commands on stdin, events on stdout. An independent AMQP 1.0 implementation."""
import json
import sys
import threading

from proton import Condition, Data, Delivery, Message, Link, symbol
from proton.handlers import MessagingHandler
from proton.reactor import ApplicationEvent, Container, EventInjector, LinkOption, Selector


def emit(**event):
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


def condition(endpoint):
    found = endpoint.remote_condition
    return None if found is None else {"name": found.name, "description": found.description}


class Terminus(LinkOption):
    def __init__(self, command):
        self.command = command

    def apply(self, link):
        terminus = link.source if link.is_receiver else link.target
        capabilities = self.command.get("capabilities", [])
        if capabilities:
            terminus.capabilities.put_array(False, Data.SYMBOL)
            terminus.capabilities.enter()
            for capability in capabilities:
                terminus.capabilities.put_symbol(symbol(capability))
            terminus.capabilities.exit()
        if self.command.get("durable"):
            link.source.durability = 2
            link.source.expiry_policy = 3
        if self.command.get("presettled"):
            link.snd_settle_mode = Link.SND_SETTLED


class Peer(MessagingHandler):
    def __init__(self, url, container_id, injector):
        super().__init__(prefetch=0, auto_accept=False, auto_settle=True)
        self.url, self.container_id, self.injector = url, container_id, injector
        self.links, self.deliveries, self.order = {}, {}, 0

    def on_start(self, event):
        event.container.container_id = self.container_id or event.container.container_id
        event.container.selectable(self.injector)
        self.container = event.container
        self.connection = event.container.connect(self.url, reconnect=False, sasl_enabled=True, allow_insecure_mechs=True)

    def on_command(self, event):
        command = event.subject
        getattr(self, "do_" + command["do"])(command)

    def do_sender(self, command):
        address = command.get("address")
        link = self.container.create_sender(self.connection, address, name=command["link"], options=[Terminus(command)])
        self.links["s:" + command["link"]] = link

    def do_receiver(self, command):
        options = [Terminus(command)]
        if command.get("selector"):
            options.append(Selector(command["selector"]))
        link = self.container.create_receiver(
            self.connection, command.get("address"), name=command["link"], dynamic=command.get("dynamic", False), options=options)
        self.links["r:" + command["link"]] = link
        link.flow(command.get("credit", 0))

    def do_send(self, command):
        link = self.links["s:" + command["link"]]
        for fields in command["messages"]:
            delivery = link.send(Message(**fields))
            delivery.context = fields.get("body")
            if command.get("settled"):
                delivery.settle()

    def do_credit(self, command):
        self.links["r:" + command["link"]].flow(command["credit"])

    def do_drain(self, command):
        self.links["r:" + command["link"]].drain(command["credit"])

    def do_settle(self, command):
        """Outcomes by order of arrival, all in one turn."""
        for number, outcome in command["outcomes"]:
            delivery = self.deliveries.pop(number)
            if outcome == "failed":
                delivery.local.failed = True
                delivery.update(Delivery.MODIFIED)
            elif outcome == "undeliverable":
                delivery.local.undeliverable = True
                delivery.update(Delivery.MODIFIED)
            else:
                if outcome == "rejected":
                    delivery.local.condition = Condition("test:poison", "it was bad")
                delivery.update(getattr(Delivery, outcome.upper()))
            delivery.settle()

    def do_detach(self, command):
        self.links[command["link"]].detach()

    def do_close(self, command):
        self.links[command["link"]].close()

    def do_quit(self, command):
        self.connection.close()
        self.injector.close()

    def on_connection_opened(self, event):
        emit(event="open", container=event.connection.remote_container)

    def on_transport_error(self, event):
        found = event.transport.condition
        emit(event="transport-error", name=found.name if found else None)
        self.injector.close()

    def on_connection_error(self, event):
        emit(event="connection-error", error=condition(event.connection))

    def on_link_opened(self, event):
        link = event.link
        terminus = link.remote_source if link.is_receiver else link.remote_target
        emit(event="attached", link=link.name, receiver=link.is_receiver, address=terminus.address)

    def on_link_error(self, event):
        emit(event="link-error", link=event.link.name, receiver=event.link.is_receiver, error=condition(event.link))

    def on_link_flow(self, event):
        link = event.link
        if link.is_sender:
            emit(event="credit", link=link.name, credit=link.credit, drain=link.drain_mode)
            if link.drain_mode and link.credit > 0:
                link.drained()
        elif link.drained() > 0 or (link.credit == 0 and link.queued == 0):
            emit(event="drained", link=link.name, credit=link.credit)

    def on_message(self, event):
        message, number = event.message, self.order
        self.order += 1
        self.deliveries[number] = event.delivery
        emit(event="message", link=event.link.name, number=number, body=message.body, count=message.delivery_count,
             first=message.first_acquirer, settled=event.delivery.settled, properties=message.properties,
             reply_to=message.reply_to, correlation=message.correlation_id)

    def on_accepted(self, event):
        emit(event="outcome", body=event.delivery.context, outcome="accepted")

    def on_rejected(self, event):
        found = event.delivery.remote.condition
        emit(event="outcome", body=event.delivery.context, outcome="rejected", error=None if found is None else found.name)

    def on_released(self, event):
        modified = event.delivery.remote_state == Delivery.MODIFIED
        emit(event="outcome", body=event.delivery.context, outcome="modified" if modified else "released")


def main():
    url, container_id = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None
    injector = EventInjector()
    container = Container(Peer(url, container_id, injector))

    def read():
        for line in sys.stdin:
            injector.trigger(ApplicationEvent("command", subject=json.loads(line)))
        injector.trigger(ApplicationEvent("command", subject={"do": "quit"}))

    threading.Thread(target=read, daemon=True).start()
    container.run()


main()
