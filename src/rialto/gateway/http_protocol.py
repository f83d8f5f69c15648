"""uvicorn's HTTP protocol, which offers requests to the edge, and with the bounds it does not set itself.

A request is offered when it is there to its end, its body included: whoever sends one slowly holds nothing but his own
connection. A client that sends an endless header, or a header or body byte by byte for ever, or does not read what it
asked for, costs a closed connection and nothing more.
"""

import asyncio
from collections.abc import Hashable
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from rialto.gateway.dispatcher import JSON_HEADERS, error_body
from rialto.gateway.edge import Edge, written
from rialto.wire.endpoints import Urgency
from rialto.wire.errors import ApiError, ErrorCode

_NOBODY: Final = ""


class _Offered:
    """A request at the edge."""

    __slots__ = ("_app", "_cycle", "_protocol", "_urgency")

    def __init__(
        self, protocol: "BoundedHttpProtocol", cycle: RequestResponseCycle, app: Any, urgency: Urgency
    ) -> None:
        self._protocol = protocol
        self._cycle = cycle
        self._app = app
        self._urgency = urgency

    def flow(self) -> Hashable:
        protocol = self._protocol
        return protocol.edge.flow(self._cycle.scope["headers"], protocol.address)

    def start(self) -> None:
        protocol, cycle = self._protocol, self._cycle
        if protocol.transport.is_closing():
            protocol.edge.admission.done(self._urgency)
            return
        task = protocol.loop.create_task(cycle.run_asgi(self._app))
        protocol.tasks.add(task)
        task.add_done_callback(self._done)

    def refuse(self) -> None:
        protocol = self._protocol
        if not protocol.transport.is_closing():
            protocol.answer_at_once(self._cycle, protocol.edge.busy(protocol.address))

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._protocol.tasks.discard(task)
        self._protocol.edge.admission.done(self._urgency)


class BoundedHttpProtocol(HttpToolsProtocol):
    """One HTTP connection. Subclasses fix the edge."""

    edge: Edge

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address = _NOBODY
        self._is_counted = False
        self._head_bytes = 0
        self._reads_head = True
        self._takes_no_more = False
        self._glanced_at_s = float("-inf")
        """When a request was last refused at a glance."""
        self._held: tuple[RequestResponseCycle, Any] | None = None
        """The request whose body is still to come."""
        self._timer: asyncio.TimerHandle | None = None
        self._backlog_timer: asyncio.TimerHandle | None = None

    # --- the transport's calls ---------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the client in, and start the clock for its first request."""
        super().connection_made(transport)
        self.address = self.client[0] if self.client else _NOBODY
        self._is_counted = True
        if self.edge.join(self.address):
            self._timer = self.loop.call_later(self.edge.bounds.head_timeout_s, self._give_up_head)
        else:
            self._refuse(ErrorCode.SERVER_BUSY.error())

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of everything."""
        self._stop_timer()
        self._stop_backlog_timer()
        self._held = None
        self._leave()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, unless the head of the request is too large."""
        if self._takes_no_more:
            return
        if self._is_between_requests():
            refusal = self.edge.glance(data, self.address)
            if refusal is not None:
                self.transport.write(refusal)
                self._note_glance()
                return
        super().data_received(data)
        if self._held is not None:
            self._await_body(self._held[0])
        elif self._reads_head:
            self._head_bytes += len(data)
            bounds = self.edge.bounds
            if self._head_bytes > bounds.head_bytes_max:
                self.edge.counters.heads_too_large += 1
                limit = bounds.head_bytes_max
                self._refuse_unread(431, f"The headers of this request are too large; the limit is {limit} bytes.")
            elif self._timer is None:
                self._timer = self.loop.call_later(bounds.head_timeout_s, self._give_up_head)

    def pause_writing(self) -> None:
        """Give the client some time to read."""
        super().pause_writing()
        self._backlog_timer = self.loop.call_later(self.edge.bounds.backlog_timeout_s, self._give_up_writing)

    def resume_writing(self) -> None:
        """Go on."""
        self._stop_backlog_timer()
        super().resume_writing()

    # --- the parser's calls ------------------------------------------------------------------------------------

    def on_message_begin(self) -> None:
        """Note that a head begins."""
        self._reads_head = True
        self._head_bytes = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Note that the head is complete."""
        self._reads_head = False
        self._stop_timer()
        if self._takes_no_more:
            return
        if len(self.pipeline) >= self.edge.bounds.pipelined_max:
            self._end_after_these()
        else:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Gather the body of a request that is not offered yet."""
        if self._takes_no_more:
            return
        super().on_body(body)
        if self._held is not None and len(self._held[0].body) <= self.edge.bounds.body_bytes_max:
            self.flow.resume_reading()

    def on_message_complete(self) -> None:
        """Offer the request that is now complete."""
        if self._takes_no_more:
            return
        super().on_message_complete()
        if self._held is not None:
            self._stop_timer()
            self._release()

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection over, and let go of it."""
        self._stop_timer()
        self._leave()
        super().handle_websocket_upgrade()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - the reason is ours to word
        """Answer what is not HTTP."""
        self.edge.counters.unreadable += 1
        self._refuse_unread(400, "This is not a valid HTTP request.")

    # --- requests ----------------------------------------------------------------------------------------------

    def answer_at_once(self, cycle: RequestResponseCycle, error: ApiError) -> None:
        """Refuse a request without the application."""
        cycle.response_started = cycle.response_complete = True
        is_head, closes = cycle.scope["method"] == "HEAD", not cycle.keep_alive
        headers = cycle.scope["headers"]
        self.transport.write(self.edge.refusal(error, headers, self.address, is_head=is_head, closes=closes))
        if closes:
            self.transport.close()
        self.on_response_complete()

    def on_response_complete(self) -> None:
        """Go on with what waits, or end what sent too much."""
        super().on_response_complete()
        if self._takes_no_more and not self.pipeline and self.cycle.response_complete:
            self._refuse(ErrorCode.TOO_MANY_REQUESTS.error())

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection on which nothing has come for long."""
        quiet_s = self.loop.time() - self._glanced_at_s
        if quiet_s < self.timeout_keep_alive:
            left_s = self.timeout_keep_alive - quiet_s
            self.timeout_keep_alive_task = self.loop.call_later(left_s, self.timeout_keep_alive_handler)
        else:
            super().timeout_keep_alive_handler()

    def _is_between_requests(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        return (cycle is None or cycle.response_complete) and not (self._reads_head and self._head_bytes)

    def _note_glance(self) -> None:
        """Keep the connection for as long as after any other answer."""
        self._glanced_at_s = self.loop.time()
        if self._timer is not None:
            self._stop_timer()
        if self.timeout_keep_alive_task is None:
            delay_s = self.timeout_keep_alive
            self.timeout_keep_alive_task = self.loop.call_later(delay_s, self.timeout_keep_alive_handler)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """Offer a request, once it is complete."""
        if cycle.more_body:
            self._held = (cycle, app)
        else:
            self._offer(cycle, app)

    def _release(self) -> None:
        assert self._held is not None
        (cycle, app), self._held = self._held, None
        self._offer(cycle, app)

    def _offer(self, cycle: RequestResponseCycle, app: Any) -> None:
        edge = self.edge
        if cycle.scope["path"] in edge.ungated_paths:
            super()._start_asgi_task(cycle, app)
            return
        banned = edge.ban(self.address)
        if banned is not None:
            self.answer_at_once(cycle, banned)
            return
        scope = cycle.scope
        urgency = edge.urgencies.get((scope["method"], scope["path"]), Urgency.READ)
        edge.admission.offer(urgency, _Offered(self, cycle, app, urgency))

    def _await_body(self, cycle: RequestResponseCycle) -> None:
        """Wait for the body of a request, unless it says or shows that it is too large."""
        bounds = self.edge.bounds
        announced = next((value for name, value in cycle.scope["headers"] if name == b"content-length"), b"0")
        if len(cycle.body) > bounds.body_bytes_max or int(announced) > bounds.body_bytes_max:
            self._stop_timer()
            self.edge.counters.bodies_too_large += 1
            # The application says so; it reads no further.
            self._release()
            return
        if cycle.waiting_for_100_continue:
            cycle.waiting_for_100_continue = False
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if self._timer is None:
            self._timer = self.loop.call_later(bounds.body_timeout_s, self._give_up_body)

    def _end_after_these(self) -> None:
        """Take in nothing further; the connection ends when what came before is answered."""
        self.edge.counters.pipelined_too_many += 1
        self._takes_no_more = True
        self.flow.pause_reading()

    # --- giving up ---------------------------------------------------------------------------------------------

    def _give_up_head(self) -> None:
        self._timer = None
        if self._reads_head and not self.transport.is_closing():
            self.edge.counters.heads_too_late += 1
            seconds = self.edge.bounds.head_timeout_s
            self._refuse_unread(408, f"No complete request arrived within {seconds:g} seconds.")

    def _give_up_body(self) -> None:
        self._timer = None
        if self._held is not None and not self.transport.is_closing():
            self.edge.counters.bodies_too_late += 1
            text = f"The body did not arrive within {self.edge.bounds.body_timeout_s:g} seconds."
            self._refuse(ApiError(ErrorCode.DISCONNECTED.number, text, 408))

    def _give_up_writing(self) -> None:
        self._backlog_timer = None
        self.edge.counters.unread_answers += 1
        self.transport.abort()

    def _refuse_unread(self, status: int, message: str) -> None:
        self._refuse(ApiError(ErrorCode.ILLEGAL_CHARS.number, message, status))

    def _refuse(self, error: ApiError) -> None:
        """Answer what cannot be read to its end, and close."""
        if self.transport.is_closing():
            return
        self.transport.write(written(error.status, list(JSON_HEADERS), error_body(error)))
        self.transport.close()

    def _leave(self) -> None:
        if self._is_counted:
            self._is_counted = False
            self.edge.leave(self.address)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _stop_backlog_timer(self) -> None:
        if self._backlog_timer is not None:
            self._backlog_timer.cancel()
            self._backlog_timer = None


def bounded_protocol(edge: Edge) -> type[BoundedHttpProtocol]:
    """Return the class to pass to the HTTP server as its HTTP protocol."""
    return type("EdgeProtocol", (BoundedHttpProtocol,), {"edge": edge})
