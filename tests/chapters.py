"""Chapters of documents that a program writes: what stands between two markers."""

from pathlib import Path


def write_chapter(document: Path, mark: str, text: str) -> None:
    """Puts a chapter between its markers, or with them at the end of the document."""
    begin, end = f"<!-- {mark} -->", f"<!-- /{mark} -->"
    before = document.read_text("utf-8")
    head, found, rest = before.partition(begin)
    tail = rest.partition(end)[2] if found else "\n"
    joint = "" if found else "\n"
    document.write_text(f"{head}{joint}{begin}\n{text}\n{end}{tail}", "utf-8")
