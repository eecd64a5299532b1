"""Statements from a pipe or the command line: run one after the other, until one fails."""

from codecs import getincrementaldecoder
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final

from ddblite.schema.errors import DdbError
from ddblite.shell.commands import carry_out
from ddblite.shell.conversation.session import Session, ShellError
from ddblite.shell.conversation.statements import Splitter

CHUNK_BYTES: Final = 64 * 1024


def run_whole(session: Session, pieces: Iterable[str]) -> None:
    """Carries out a script, or raises what is wrong; a transaction has to end before it does."""
    run(session, pieces)
    lost = session.drop_transaction()
    if lost:
        raise ShellError(lost)


def run(session: Session, pieces: Iterable[str]) -> None:
    """Carries out statements and commands, or raises what is wrong with the first that fails."""
    splitter = Splitter()
    for piece in pieces:
        run_all(session, splitter.feed(piece))
        if session.is_over:
            return
    run_all(session, splitter.finish())


def run_all(session: Session, inputs: Iterable[str]) -> None:
    """Carries out inputs until one of them ends the session."""
    for text in inputs:
        if session.is_over:
            return
        carry_out(session, text)
        # Whoever reads along should see an answer when it is there.
        session.out.flush()


def pieces_of(stream: BinaryIO, named: str = "Standard input") -> Iterator[str]:
    """Gives a stream's text line by line, long lines in pieces, or raises a sentence."""
    decoder = getincrementaldecoder("utf-8-sig")()
    try:
        for line in iter(lambda: stream.readline(CHUNK_BYTES), b""):
            yield decoder.decode(line)
        yield decoder.decode(b"", final=True)
    except UnicodeDecodeError as fault:
        raise DdbError(f"{named} is not text in UTF-8") from fault
