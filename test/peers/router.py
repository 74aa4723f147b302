"""A router without storage, scripted over Proton: deliveries go from sender to receiver and outcomes back.

Behaves as measured on a real router (balanced and multicast distribution): credit of 250 once a receiver is there and
none before; outcomes passed on intact; `modified` for what a receiver had when it left and `released` for what waited;
credit that stays, answered by `released` and a drain; an aggregate outcome, without its error, for multicast.
Addresses that begin with `multicast` are multicast, all others balanced. Prints its port on the first line.
"""
import sys

from proton import Condition, Delivery, Endpoint, Link, symbol
from proton.handlers import Handshaker, MessagingHandler
from proton.reactor import Container

CAPACITY = 250
GROUP = 25
RANK = {Delivery.RELEASED: 0, Delivery.MODIFIED: 1, Delivery.ACCEPTED: 2, Delivery.REJECTED: 3}


class Transit:
    """One message on its way; `copies` are the deliveries to receivers that are still open."""

    def __init__(self, inbound, data):
        self.inbound, self.data = inbound, data
        self.settled = inbound.settled
        self.open, self.outcome, self.failed, self.undeliverable, self.condition = 0, None, False, False, None
        self.annotations = None


class Address:
    def __init__(self, name):
        self.multicast = name.startswith("multicast")
        self.senders, self.receivers = [], []

    def waiting(self):
        return sum(len(receiver.queue) for receiver in self.receivers)


class Router(MessagingHandler):
    def __init__(self, port):
        super().__init__(prefetch=0, auto_accept=False, auto_settle=False)
        self.port, self.addresses, self.tag = port, {}, 0
        self.handlers.append(Handshaker())

    def on_start(self, event):
        event.container.container_id = "router"
        self.acceptor = event.container.listen("127.0.0.1:%d" % self.port)
        # The port itself is chosen by the launcher; Proton does not tell it.
        print(self.port, flush=True)

    def address(self, name):
        return self.addresses.setdefault(name, Address(name))

    def on_link_opening(self, event):
        link = event.link
        link.source.copy(link.remote_source)
        link.target.copy(link.remote_target)
        if link.is_receiver:
            link.address = self.address(link.remote_target.address)
            link.address.senders.append(link)
            link.used = 0
            if link.address.receivers:
                link.flow(CAPACITY)
        else:
            link.address = self.address(link.remote_source.address)
            link.queue, link.sent = [], {}
            first = not link.address.receivers
            link.address.receivers.append(link)
            if first:
                for sender in link.address.senders:
                    sender.drain_mode = False
                    if sender.credit == 0:
                        sender.flow(CAPACITY)
        link.open()

    def on_link_flow(self, event):
        if event.link.is_sender:
            self.push(event.link)

    def push(self, receiver):
        """Hands a receiver what waits for it, within its credit."""
        while receiver.queue and receiver.credit > 0:
            transit = receiver.queue.pop(0)
            self.tag += 1
            delivery = receiver.delivery(str(self.tag))
            receiver.stream(transit.data)
            receiver.advance()
            if transit.settled or receiver.remote_snd_settle_mode == Link.SND_SETTLED:
                delivery.settle()
                self.ended(transit, Delivery.ACCEPTED)
            else:
                delivery.transit = transit
                receiver.sent[delivery.tag] = delivery

    def on_delivery(self, event):
        delivery, link = event.delivery, event.link
        if link.is_receiver:
            if delivery.readable and not delivery.partial and not delivery.aborted:
                data = link.recv(delivery.pending)
                link.advance()
                self.route(link, Transit(delivery, data))
        elif delivery.updated and delivery.tag in link.sent and (delivery.settled or delivery.remote_state in RANK):
            del link.sent[delivery.tag]
            transit, remote = delivery.transit, delivery.remote
            if delivery.remote_state == Delivery.MODIFIED:
                transit.failed, transit.undeliverable = remote.failed, remote.undeliverable
                transit.annotations = remote.annotations
            elif delivery.remote_state == Delivery.REJECTED:
                transit.condition = remote.condition
            state = delivery.remote_state if delivery.remote_state in RANK else Delivery.RELEASED
            delivery.settle()
            self.ended(transit, state)
            self.push(link)

    def route(self, sender, transit):
        receivers = sender.address.receivers
        transit.sender = sender
        if not receivers:
            transit.open = 1
            self.ended(transit, Delivery.RELEASED)
            sender.drain_mode = True
            sender.flow(0)
            return
        chosen = receivers
        if not sender.address.multicast:
            chosen = [min(receivers, key=lambda one: (one.credit <= 0, len(one.queue) + len(one.sent)))]
            receivers.remove(chosen[0])
            receivers.append(chosen[0])
        transit.open = len(chosen)
        for receiver in list(chosen):
            receiver.queue.append(transit)
            self.push(receiver)

    def ended(self, transit, state):
        if transit.outcome is None or RANK[state] > RANK[transit.outcome]:
            transit.outcome = state
        transit.open -= 1
        if transit.open > 0:
            return
        sender, inbound = transit.sender, transit.inbound
        if not transit.settled:
            local = inbound.local
            if transit.outcome == Delivery.MODIFIED:
                local.failed, local.undeliverable = transit.failed, transit.undeliverable
                if transit.annotations:
                    local.annotations = transit.annotations
            elif transit.outcome == Delivery.REJECTED and transit.condition and not sender.address.multicast:
                local.condition = transit.condition
            inbound.update(transit.outcome)
        inbound.settle()
        sender.used += 1
        if sender.used >= GROUP and sender.address.receivers and sender.state & Endpoint.REMOTE_ACTIVE:
            sender.flow(sender.used)
            sender.used = 0

    def left(self, link):
        address = getattr(link, "address", None)
        if address is None:
            return
        link.address = None
        if link.is_receiver:
            address.senders.remove(link)
            return
        address.receivers.remove(link)
        for delivery in list(link.sent.values()):
            delivery.transit.failed = True
            self.ended(delivery.transit, Delivery.MODIFIED)
        for transit in link.queue:
            self.ended(transit, Delivery.RELEASED)
        link.sent, link.queue = {}, []

    def on_link_closing(self, event):
        self.left(event.link)
        event.link.close()

    def on_link_detached(self, event):
        self.left(event.link)

    def on_link_remote_detach(self, event):
        self.left(event.link)
        event.link.detach()

    def gone(self, connection):
        link = connection.link_head(0)
        while link is not None:
            self.left(link)
            link = link.next(0)

    def on_connection_closing(self, event):
        self.gone(event.connection)

    def on_transport_closed(self, event):
        self.gone(event.transport.connection)

    def on_disconnected(self, event):
        self.gone(event.connection)


Container(Router(int(sys.argv[1]))).run()
