"""One HTTP connection: uvicorn's, with a deadline and a size for the head of a request, which uvicorn has not."""

from asyncio import TimerHandle, Transport

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from bot import body

HEAD_SECONDS = 10
"""Longest wait for a whole request head, the silence between two requests included."""
HEAD_BYTES = 64 * 1024


class Connection(HttpToolsProtocol):
    """Closes on clients that send their head too slowly, or never end it."""

    _timer: TimerHandle | None = None
    _since = 0.0
    _in_head = True
    _head_bytes = 0

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._await_head()

    def data_received(self, data: bytes) -> None:
        """Feed the parser; what did not complete a head counts against its size."""
        super().data_received(data)
        if self._in_head:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES and not self.transport.is_closing():
                self.send_400_response("Request head too large.")

    def on_headers_complete(self) -> None:
        """No longer watch the clock: the body has a deadline of its own (bot/body.py)."""
        self._in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Note that nothing of the request is still to come."""
        self.scope[body.WHOLE] = True  # type: ignore[literal-required]  # between us and bot/body.py
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Wait for the next request, unless it is here already."""
        waiting = bool(self.pipeline)
        super().on_response_complete()
        if not waiting and not self.transport.is_closing():
            self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of the timer."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        super().connection_lost(exc)

    def _await_head(self) -> None:
        self._in_head, self._head_bytes, self._since = True, 0, self.loop.time()
        # One timer for many requests: to set one and cancel it costs more than to look at the clock.
        if self._timer is None:
            self._timer = self.loop.call_later(HEAD_SECONDS, self._look)

    def _look(self) -> None:
        self._timer = None
        left = self._since + HEAD_SECONDS - self.loop.time()
        if self._in_head and left > 0:
            self._timer = self.loop.call_later(left, self._look)
        elif self._in_head:
            self.timeout_keep_alive_handler()
