"""One client's connection: bytes in, requests out of them, answers back in the same order.

uvicorn has the sockets and the signals, httptools (llhttp) the parser; this is what lies between
them and ``application``. A request goes through these states, and has a deadline in the first two:

* its head comes: at most 16 KiB, looked at by ``gate`` as soon as it is whole;
* its body comes: at most 16 MiB, of a length that the head has told, or in chunks;
* it waits for those before it, which a client may have sent without waiting for answers;
* it is answered: here and now when it is small, else by a thread (``lanes``).

While requests wait, or the client does not read its answers, nothing more is read from it, and
the door counts the bodies and the unread answers of all clients, so nobody can fill the memory.
Nothing that stands behind a refused request is looked at.

The states of a connection are those of ``connection_states``.
"""

import asyncio
from collections import deque
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, Final, cast

import uvicorn
from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser
from uvicorn.server import ServerState

from ddblite.api.http import connection_states as states
from ddblite.api.http import request_guard
from ddblite.api.http.application import failed
from ddblite.api.http.body import BODY_BYTES_MAX
from ddblite.api.http.coming import Coming, header_name
from ddblite.api.http.messages import Answer, Request, head_of
from ddblite.api.http.request_handler import BODIES_BYTES_MAX, RequestHandler

SLOW_SECONDS_MAX: Final = 300
"""From a request's first byte to its last, and for as long as a client may be reading an answer."""

UNSENT_BYTES_MAX: Final = 64 * 1024
LEAVING_SECONDS_MAX: Final = 30
NEVER: Final = 1 << 62
CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"


class Connection(asyncio.Protocol):
    """One connection; made by uvicorn, whose application is the door."""

    transport: asyncio.Transport

    def __init__(
        self,
        config: uvicorn.Config,
        server_state: ServerState,
        app_state: dict[str, Any] | None = None,  # noqa: ARG002 - uvicorn's, for applications
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        handler: object = config.app
        assert isinstance(handler, RequestHandler), "the server was made with a handler"
        self.handler = handler
        self.state = server_state
        self.parser = HttpRequestParser(self)
        self.deadline = self.quiet_since = NEVER
        self.reading: states.Reading = states.NOTHING_YET
        self.life: states.Life = states.OPEN
        # The request that is coming, and how much came since the last piece of its body.
        self.coming = Coming()
        self.bare_bytes = 0
        # What is to be answered, the oldest first, and in the end perhaps a refusal.
        self.waiting: deque[Request | Answer] = deque()
        self.is_working = False
        self.unsent: list[bytes] = []
        self.unsent_bytes = self.unread_bytes = 0
        self.is_unread = self.is_paused = False
        self.handler.admit(self)

    # The transport's side.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begins to serve a client."""
        # uvloop's transports are of no class of asyncio's, and do the same.
        self.transport = cast("asyncio.Transport", transport)
        # What is not read yet, shows; with 0, TLS would stop writing for ever.
        self.transport.set_write_buffer_limits(high=1, low=0)
        self.state.connections.add(self)  # type: ignore[arg-type]  # made for uvicorn's own
        self.quiet_since = self.handler.seconds

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the loop's call
        """Forgets a client; what it asked for and was not begun is not carried out."""
        self.hear_no_more()
        for asked in self.waiting:
            self.release(asked)
        self.waiting.clear()
        self.unsent.clear()
        self.count_unread(0)
        self.state.connections.discard(self)
        self.handler.forget(self)

    def data_received(self, data: bytes) -> None:
        """Takes what came, and answers all requests that are whole by now."""
        if self.reading is states.NOTHING_MORE:
            return
        self.bare_bytes += len(data)
        try:
            self.parse(data)
        except HttpParserError:
            self.refuse(request_guard.NO_HTTP)
        if self.reading in states.COMING and self.bare_bytes > request_guard.HEAD_BYTES_MAX:
            self.refuse(request_guard.LARGE_HEAD)
        self.go_on()

    def parse(self, data: bytes) -> None:
        """Has bytes parsed; a wish for another protocol, as none is spoken here, is passed over.

        The parser takes what follows such a wish for the other protocol, and a body too. Java's
        own client has the wish in its first request.
        """
        while self.reading is not states.NOTHING_MORE:
            try:
                self.parser.feed_data(data)
            except HttpParserUpgrade as wish:
                if "upgrade" not in self.coming.headers:
                    self.refuse(request_guard.NO_PATH)  # CONNECT has no other meaning
                method, version = self.parser.get_method(), self.parser.get_http_version()
                data = self.coming.head_without_wish(method, version) + data[wish.args[0] :]
                self.parser = HttpRequestParser(self)
                self.coming = Coming()
            else:
                return

    def eof_received(self) -> bool:
        """Answers what a client asked for before it stopped to send; True leaves it open."""
        self.hear_no_more()
        self.end_when_answered()
        self.flush()
        # TLS has no half of a connection: there, nothing is left to be answered.
        return bool(self.waiting or self.is_working) and self.transport.can_write_eof()

    def pause_writing(self) -> None:
        """Stops answering a client that does not read."""
        self.is_unread = True
        self.deadline = self.handler.seconds + SLOW_SECONDS_MAX

    def resume_writing(self) -> None:
        """Goes on answering."""
        self.is_unread = False
        self.count_unread(0)
        if self.reading in states.COMING and not self.is_working:
            self.deadline = self.handler.seconds + SLOW_SECONDS_MAX
        elif self.life is not states.LEAVING:
            self.deadline = NEVER
        self.quiet_since = self.handler.seconds
        self.go_on()

    def count_unread(self, unread_bytes: int) -> None:
        """Counts what the client has not read yet."""
        self.handler.unread_bytes += unread_bytes - self.unread_bytes
        self.unread_bytes = unread_bytes

    # The server's side.

    def shutdown(self) -> None:
        """Ends the connection as soon as what has begun to come is answered."""
        self.end_when_answered()
        self.settle()

    def end_when_answered(self) -> None:
        """Takes note that the connection is to end."""
        if self.life is states.OPEN:
            self.life = states.ENDING

    def idle_seconds(self) -> int:
        """Returns for how long nothing was asked; 0 in the middle of a request."""
        is_busy = self.reading in states.COMING or self.waiting or self.is_working or self.is_unread
        return 0 if is_busy else self.handler.seconds - self.quiet_since

    def slow_seconds(self) -> int:
        """Returns for how long a request has been coming, or an answer been read."""
        return SLOW_SECONDS_MAX - (self.deadline - self.handler.seconds)

    def expire(self) -> None:
        """Ends the connection because its deadline has passed, or others need its place."""
        if self.is_unread or self.life is states.LEAVING or self.transport.is_closing():
            self.transport.abort()
        elif self.reading in states.COMING:
            self.refuse(request_guard.TOO_SLOW)
        else:
            self.transport.close()

    # The parser's side, of which nothing is heard any more in NOTHING_MORE.

    def on_message_begin(self) -> None:
        """Begins a request."""
        if self.reading is states.NOTHING_MORE:
            return
        self.reading = states.REQUEST
        self.deadline = self.handler.seconds + SLOW_SECONDS_MAX
        self.bare_bytes = 0

    def on_url(self, piece: bytes) -> None:
        """Takes a piece of the target."""
        self.coming.target += piece

    def on_header(self, name: bytes, value: bytes) -> None:
        """Takes a header, or behind the last chunk a trailer, which nobody looks at."""
        self.coming.lines.append((header_name(name), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        """Lets a request in by its head, or refuses it."""
        if self.reading is states.NOTHING_MORE:
            return
        self.bare_bytes = 0
        coming, policy = self.coming, self.handler.policy
        coming.end_head()
        target = coming.target.decode("latin-1")
        refusal = request_guard.turned_away(target, coming.lines, coming.headers, policy)
        if refusal is None and not target.startswith("/"):
            refusal = request_guard.NO_PATH
        if refusal is not None:
            self.refuse(refusal)
        elif "expect" in coming.headers and not self.parser.should_upgrade():
            self.expect(coming.headers["expect"])

    def expect(self, value: str) -> None:
        """Answers Expect, which asks before a body is sent and which HTTP/1.0 does not know."""
        if self.parser.get_http_version() == "1.0":
            return
        if value.lower() != "100-continue":
            self.refuse(request_guard.NOT_EXPECTED)
        elif self.waiting or self.is_working:
            self.reading = states.AWAITED_BODY  # told so behind the answers to those before
        else:
            self.post(CONTINUE)

    def on_body(self, piece: bytes) -> None:
        """Takes a piece of the body."""
        if self.reading is states.NOTHING_MORE:
            return
        self.bare_bytes = 0
        self.coming.add(piece)
        self.handler.body_bytes += len(piece)
        if self.coming.body_bytes > BODY_BYTES_MAX:
            self.refuse(request_guard.LARGE_BODY)
        elif self.handler.body_bytes > BODIES_BYTES_MAX:
            self.handler.is_short = True
            self.refuse(request_guard.TOO_MUCH)

    def hear_no_more(self) -> None:
        """Forgets the request that is coming, if any, and hears nothing more."""
        if self.reading in states.COMING:
            self.handler.body_bytes -= self.coming.body_bytes
            self.coming = Coming()
        self.reading = states.NOTHING_MORE

    def on_message_complete(self) -> None:
        """Lines a whole request up."""
        is_unheard = self.reading is states.NOTHING_MORE
        if is_unheard or self.parser.should_upgrade():  # which comes again, without the wish
            return
        self.reading = states.NOTHING_YET
        self.deadline = NEVER
        if not self.parser.should_keep_alive() or self.parser.get_http_version() == "1.0":
            self.reading = states.NOTHING_MORE
            self.end_when_answered()
        came_at_s = 0 if self.handler.log is None else self.handler.log.timer()
        self.waiting.append(self.coming.request(self.parser.get_method(), came_at_s))
        self.coming = Coming()  # the request has its body now, and is waited for with it

    # Answering.

    def refuse(self, refusal: Answer) -> None:
        """Lines up a last answer, and hears nothing more."""
        if self.reading is not states.NOTHING_MORE:
            if self.handler.log is not None:
                asked = self.coming.request(self.parser.get_method())
                self.handler.log.refused(refusal, asked)
            self.hear_no_more()
            self.deadline = NEVER
            self.waiting.append(refusal)
            self.go_on()

    def go_on(self) -> None:
        """Answers what waits, one after another, until one has to be waited for."""
        while self.waiting and not self.is_working and not self.is_unread:
            if self.unsent_bytes > UNSENT_BYTES_MAX:
                break
            asked = self.waiting.popleft()
            if isinstance(asked, Answer):
                self.send(asked)
            elif self.handler.is_clogged():
                self.release(asked)
                self.send(request_guard.NOT_READ, asked)
            else:
                self.begin(asked)
        self.settle()

    def begin(self, asked: Request) -> None:
        """Answers a request here and now, or when the thread has done so that does it."""
        reply = self.handler.begin(asked)
        if isinstance(reply, Answer):
            self.release(asked)
            self.send(reply, asked)
        else:
            self.wait_for(reply, asked)

    def wait_for(self, done: Future[Answer], asked: Request) -> None:
        """Has an answer brought back from the thread that gives it."""
        self.is_working = True
        self.deadline = NEVER
        loop = asyncio.get_running_loop()

        def bring_back(done: Future[Answer]) -> None:
            with suppress(RuntimeError):  # when the loop does not run any more
                loop.call_soon_threadsafe(self.answered, asked, done)

        done.add_done_callback(bring_back)

    def answered(self, asked: Request, done: Future[Answer]) -> None:
        """Sends the answer that a thread has given, and goes on."""
        self.is_working = False
        self.release(asked)  # not before, also when the client has gone: a thread has it
        fault = done.exception()
        self.send(done.result() if fault is None else failed(fault, asked), asked)
        # At once: keeping the answers of a group back was measured to be no gain, as the next
        # writes can come in while the writer is busy.
        self.flush()
        self.go_on()

    def release(self, asked: Request | Answer) -> None:
        """Counts the body of a request no more."""
        if isinstance(asked, Request):
            self.handler.body_bytes -= len(asked.body)

    def send(self, reply: Answer, asked: Request | None = None) -> None:
        """Sends an answer; behind one that is the last, the connection ends."""
        if self.transport.is_closing():
            return
        if self.handler.log is not None and asked is not None:
            self.handler.log.answered(reply, asked)
        is_coming = self.reading in states.COMING
        is_over = self.life is not states.OPEN and not self.waiting and not is_coming
        lines = reply.headers(self.handler.ids.new(), is_last=reply.is_last or is_over)
        sent = head_of(reply.status, [*lines, *self.state.default_headers])
        if asked is None or asked.method != "HEAD":
            sent += reply.body
        if not is_coming:
            self.quiet_since = self.handler.seconds
            self.deadline = NEVER
        self.post(sent)
        if reply.is_last:
            self.leave()
        elif self.reading is states.AWAITED_BODY and not self.waiting:
            self.reading = states.REQUEST
            self.post(CONTINUE)

    def post(self, sent: bytes) -> None:
        """Sends bytes when the loop has done what it has at hand; to a lone client, at once."""
        self.unsent.append(sent)
        self.unsent_bytes += len(sent)
        if len(self.handler.served) == 1:
            self.flush()
        elif len(self.unsent) == 1:
            self.handler.flush_soon(self)

    def flush(self) -> None:
        """Sends what has been kept."""
        if self.unsent and not self.transport.is_closing():
            sent = self.unsent[0] if len(self.unsent) == 1 else b"".join(self.unsent)
            self.unsent.clear()
            self.unsent_bytes = 0
            self.transport.write(sent)
            if self.is_unread:
                self.count_unread(self.transport.get_write_buffer_size())

    def leave(self) -> None:
        """Sends nothing more, and throws away what the client is still sending."""
        self.flush()
        self.hear_no_more()
        self.life = states.LEAVING
        if self.handler.let_go(self):
            if self.transport.can_write_eof():
                self.transport.write_eof()
            self.deadline = self.handler.seconds + LEAVING_SECONDS_MAX
        else:
            self.transport.close()

    def settle(self) -> None:
        """Ends the connection if it is to end, and reads from it only if there is room."""
        is_busy = bool(self.waiting) or self.is_working
        if self.life is states.ENDING and not is_busy and self.reading not in states.COMING:
            self.flush()
            self.transport.close()
        # What is thrown away is read all the same.
        is_full = bool(self.waiting) or self.is_unread
        is_paused = is_full and self.reading is not states.NOTHING_MORE
        if is_paused != self.is_paused and not self.transport.is_closing():
            self.is_paused = is_paused
            if is_paused:
                self.transport.pause_reading()
            else:
                self.transport.resume_reading()
