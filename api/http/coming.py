"""The request that is coming on a connection: what has been heard of it so far."""

from functools import lru_cache

from ddblite.api.http.messages import Request


@lru_cache(maxsize=256)
def header_name(name: bytes) -> str:
    """Returns the name of a header in lower case."""
    return name.decode("latin-1").lower()


class Coming:
    """A request of which more is to come. ``headers`` are there when its head is whole."""

    __slots__ = ("body_bytes", "chunks", "headers", "lines", "pieces", "target")

    def __init__(self) -> None:
        self.target = b""
        self.lines: list[tuple[str, str]] = []
        self.headers: dict[str, str] = {}
        self.pieces: list[bytes] = []
        self.chunks: bytearray | None = None
        self.body_bytes = 0

    def end_head(self) -> None:
        """Takes note that all headers have come."""
        self.headers = dict(self.lines)
        if "transfer-encoding" in self.headers:
            self.chunks = bytearray()  # in which a million small chunks are no million objects

    def add(self, piece: bytes) -> None:
        """Takes a piece of the body."""
        self.body_bytes += len(piece)
        if self.chunks is None:
            self.pieces.append(piece)
        else:
            self.chunks += piece

    def request(self, method: bytes, came_at_s: float = 0) -> Request:
        """Returns the request, which is whole."""
        path, _, query = self.target.decode("latin-1").partition("?")
        body = b"".join(self.pieces) if self.chunks is None else bytes(self.chunks)
        return Request(method.decode("ascii"), path, self.headers, query, body, came_at_s)

    def head_without_wish(self, method: bytes, version: str) -> bytes:
        """Returns the head as if no other protocol were wished for."""
        lines = [f"{name}: {value}\r\n" for name, value in self.lines if name != "upgrade"]
        head = b"%b %b HTTP/%b\r\n" % (method, self.target, version.encode("ascii"))
        return head + "".join(lines).encode("latin-1") + b"\r\n"
