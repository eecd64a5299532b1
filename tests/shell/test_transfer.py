"""Import and export: what goes out comes in, and what is refused says where."""

import json
import os
import stat
from collections.abc import Callable
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import Result

import ddblite
from ddblite.schema.values import Item, equal
from ddblite.workbench import item_lines, plain_json, transfer
from ddblite.workbench.transfer import ImportStopped, export_items, import_items
from generated import items

Command = Callable[..., Result]


def quiet(_bytes: int, _items: int) -> None:
    """Is told about progress and says nothing."""


def exported(table: ddblite.Table, kind: str) -> str:
    """Returns a table's items as lines."""
    target = StringIO()
    export_items(table, target, kind, quiet)
    return target.getvalue()


def imported(database: ddblite.Database, lines: str | bytes, key: str = "id") -> ddblite.Table:
    """Returns a new table with the items of some lines."""
    table = database.create_table("target", partition_key=key)
    import_items(table, BytesIO(lines.encode() if isinstance(lines, str) else lines), quiet)
    return table


@settings(max_examples=50)
@given(st.lists(items(), max_size=4))
def test_typed_round_trip_is_equal(given_items: list[Item]) -> None:
    """DynamoDB JSON keeps every type and every digit."""
    with ddblite.connect(":memory:") as database:
        source = database.create_table("source", partition_key="id")
        for number, item in enumerate(given_items):
            source.put({**item, "id": str(number)})
        target = imported(database, exported(source, "ddb-json"))
        expected = source.scan().all()
        assert len(given_items) == len(expected)
        assert equal(list(expected), list(target.scan()))


@settings(max_examples=50)
@given(items())
def test_plain_round_trip_keeps_all_but_sets_and_binary(item: Item) -> None:
    """Sets become sorted arrays, binary becomes base64 text."""
    with ddblite.connect(":memory:") as database:
        source = database.create_table("source", partition_key="id")
        source.put({**item, "id": "a"})
        target = imported(database, exported(source, "jsonl"))
        assert equal(plain_json.decode(exported(source, "jsonl")), target.get("a"))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('{"id": "a", "n": 0.1}', {"id": "a", "n": 0.1}),
        ('{"id": {"S": "a"}, "n": {"N": "1"}}', {"id": "a", "n": 1}),
        ('{"Item": {"id": {"S": "a"}, "n": {"N": "1"}}}', {"id": "a", "n": 1}),
        ('{"id": "a", "Item": {"S": "b"}}', {"id": "a", "Item": {"S": "b"}}),
        ('{"id": "a", "m": {"S": "b"}}', {"id": "a", "m": {"S": "b"}}),
        ('\ufeff {"id": "a"} \r\n\n  \n', {"id": "a"}),
    ],
)
def test_forms_of_a_line(memory: ddblite.Database, line: str, expected: dict[str, Any]) -> None:
    """The key shows which form it is: a key is never a map."""
    found = imported(memory, line).scan().all()
    assert expected == json.loads(item_lines.plain_line(found[0]))


@pytest.mark.parametrize(
    "line", ['{"Item": {"S": "a"}}', '{"Item": {"Item": {"S": "a"}}}', '{"Item": "a"}']
)
def test_a_key_may_be_called_item(memory: ddblite.Database, line: str) -> None:
    """As the wrapping of an export is."""
    assert [{"Item": "a"}] == imported(memory, line, "Item").scan().all()


def test_numbers_are_exact(memory: ddblite.Database) -> None:
    """Neither reading nor writing goes through a float."""
    line = '{"id": "a", "n": [0.1, 12345678901234567890123456789012345678, 1e-130, 1.50]}'
    written = exported(imported(memory, line), "jsonl")
    assert "[0.1, 12345678901234567890123456789012345678, 0." + "0" * 129 + "1, 1.5]" in written


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not JSON"),
        ("[]", "not an item"),
        ("5", "not an item"),
        ('{"id": "a", "id": "b"}', "is there twice"),
        ('{"id": NaN}', "NaN is no number"),
        ('{"other": "a"}', "Missing the key id"),
        ('{"id": 5}', "Type mismatch for key id expected: S actual: N"),
        ('{"id": ""}', "empty string value"),
        ('{"id": "a", "n": 1e126}', "Number overflow"),
        ('{"id": "a", "n": 123456789012345678901234567890123456789}', "38 significant digits"),
        ('{"id": {"S": "a"}, "n": {"N": "x"}}', "cannot be converted to a numeric value: x"),
        ('{"id": {"S": "a"}, "n": {"N": 5}}', "SerializationException"),
        ('{"id": {"S": "a"}, "n": {"SS": []}}', "may not be empty"),
        ('{"id": {"S": "a"}, "n": {"X": 1}}', "ValidationException"),
        ('{"id": "a", "t": "\\ud800"}', "not valid Unicode"),
        ('{"id": "a", "t": "' + "x" * 410_000 + '"}', "size"),
        ("[" * 200_000, "nested too deeply"),
        (b'{"id": "\xff"}', "not UTF-8"),
    ],
)
def test_a_refused_line_is_named(memory: ddblite.Database, line: str | bytes, reason: str) -> None:
    """With the reason in DynamoDB's words where it has any; nothing of its group is written."""
    content = line if isinstance(line, bytes) else line.encode()
    with pytest.raises(ImportStopped, match=r"^line 3: ") as caught:
        imported(memory, b'{"id": "1"}\n\n' + content + b'\n{"id": "4"}\n')
    assert reason in caught.value.message
    assert 0 == caught.value.written
    assert [] == memory.table("target").scan().all()


def test_groups_before_the_refused_one_stay(memory: ddblite.Database) -> None:
    """And the message says how many items that is."""
    lines = [f'{{"id": "{number}"}}\n' for number in range(2500)]
    lines[2100] = "{}\n"
    with pytest.raises(ImportStopped, match=r"^line 2101: .*\(2,000 items were written before\)$"):
        imported(memory, "".join(lines))
    assert 2000 == len(memory.table("target").scan().all())


def test_the_last_of_equal_keys_counts(memory: ddblite.Database) -> None:
    """Within a group as well as across groups, as if the lines were put one by one."""
    lines = "".join(f'{{"id": "{number % 700}", "n": {number}}}\n' for number in range(2400))
    found = imported(memory, lines).scan().all()
    assert {str(number % 700): number for number in range(2400)} == {
        str(item["id"]): item["n"] for item in found
    }


def test_a_refused_line_is_named_among_equal_keys(memory: ddblite.Database) -> None:
    """The trial that finds it does so although its key was there before."""
    with pytest.raises(ImportStopped, match=r"^line 3: "):
        imported(memory, '{"id": "a"}\n{"id": "a"}\n{"id": ["a"]}\n{"id": ["a"]}\n')


def test_a_line_has_a_bound(memory: ddblite.Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file without line ends is not read into memory."""
    monkeypatch.setattr(item_lines, "LINE_BYTES_MAX", 100)
    with pytest.raises(ImportStopped, match=r"line 2: .*longer than 100 bytes"):
        imported(memory, b'{"id": "a"}\n' + b'{"id": "' + b"x" * 10_000)


def test_large_lines_make_small_groups(
    memory: ddblite.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousand large items would be much to hold."""
    monkeypatch.setattr(transfer, "GROUP_BYTES_MAX", 100)
    lines = b"".join(b'{"id": "%d", "t": "%s"}\n' % (n, b"x" * 60) for n in range(5))
    with pytest.raises(ImportStopped, match=r"^line 6: .*\(4 items were written before\)$"):
        imported(memory, lines + b"{}\n")
    assert {"0", "1", "2", "3"} == {item["id"] for item in memory.table("target").scan()}


def test_progress_is_told_of_reading_and_of_writing(memory: ddblite.Database) -> None:
    """Half of the bytes each, so that a bar comes to its end when the last item is written."""
    table = memory.create_table("target", partition_key="id")
    lines = "".join(f'{{"id": "{number}"}}\n' for number in range(2500))
    told: list[tuple[int, int]] = []
    import_items(table, BytesIO(lines.encode()), lambda *more: told.append(more))
    assert [0, 0, 0, 1000, 1000, 500] == [items for _, items in told]
    assert len(lines) - len(told) <= sum(size for size, _ in told) <= len(lines)
    assert len(lines) // 2 - 3 <= sum(size for size, _ in told[:3]) <= len(lines) // 2


def test_ctrl_c_before_the_last_line_leaves_nothing(tmp_path: Path) -> None:
    """Nothing is written before everything was read."""

    class Stopping(BytesIO):
        def readline(self, size: int | None = -1) -> bytes:
            line = super().readline(size)
            if not line:
                raise KeyboardInterrupt
            return line

    lines = "".join(f'{{"id": "{number}"}}\n' for number in range(1500))
    with ddblite.connect(tmp_path / "a.ddb") as database:
        table = database.create_table("target", partition_key="id")
        with pytest.raises(ImportStopped, match=r"stopped \(0 items were written before\)"):
            import_items(table, Stopping(lines.encode()), quiet)
        assert [] == table.scan().all()
    assert ["a.ddb"] == [one.name for one in tmp_path.iterdir()]


def test_ctrl_c_says_what_was_written(memory: ddblite.Database) -> None:
    """An import that is stopped leaves whole groups."""

    def stop(_bytes: int, items: int) -> None:
        if items:
            raise KeyboardInterrupt

    table = memory.create_table("target", partition_key="id")
    lines = "".join(f'{{"id": "{number}"}}\n' for number in range(1500))
    with pytest.raises(ImportStopped, match=r"stopped \(1,000 items were written before\)"):
        import_items(table, BytesIO(lines.encode()), stop)
    assert 1000 == len(table.scan().all())


def test_a_table_that_goes_away_stops_an_import(memory: ddblite.Database) -> None:
    """Also when another of its name is there by then, whose key may be another one."""

    def replace_table(_bytes: int, _items: int) -> None:
        memory.delete_table("target")
        memory.create_table("target", partition_key="other")

    table = memory.create_table("target", partition_key="id")
    with pytest.raises(ImportStopped, match=r"not found \(0 items were written before\)$"):
        import_items(table, BytesIO(b'{"id": "1"}\n'), replace_table)
    assert [] == memory.table("target").scan().all()


def test_an_export_is_of_one_moment(tmp_path: Path) -> None:
    """What is written meanwhile is not in it, however many pages it has."""
    path = tmp_path / "a.ddb"
    with ddblite.connect(path) as other, ddblite.connect(path) as database:
        table = database.create_table("big", partition_key="id")
        for number in range(8):
            table.put({"id": str(number), "text": "x" * 300_000})
        pages = []

        def write_meanwhile(_bytes: int, more: int) -> None:
            pages.append(more)
            for number in range(8):
                other.table("big").put({"id": str(number), "text": "new"})

        target = StringIO()
        assert 8 == export_items(table, target, "jsonl", write_meanwhile)
        assert len(pages) > 1
        assert "new" not in target.getvalue()


def test_import_makes_the_described_table(command: Command, tmp_path: Path) -> None:
    """And the file, when there is none."""
    path = tmp_path / "new.ddb"
    run = command(
        *("import", path, "films", "--partition-key", "year:N", "--sort-key", "title"),
        given='{"year": 2013, "title": "Rush"}\n',
    )
    assert (0, "imported 1 items into films\n", "") == (run.exit_code, run.stdout, run.stderr)
    with ddblite.connect(path, mode="read") as database:
        assert [{"year": 2013, "title": "Rush"}] == database.table("films").scan().all()


def test_import_needs_a_table(command: Command, shop: Path) -> None:
    """Its key cannot be guessed."""
    run = command("import", shop, "films", given="{}")
    assert (1, "") == (run.exit_code, run.stdout)
    assert "There is no table films; --partition-key NAME:TYPE describes a new one\n" == run.stderr


def test_import_makes_no_file_in_vain(command: Command, tmp_path: Path) -> None:
    """Neither without a description nor without a source."""
    path = tmp_path / "new.ddb"
    assert 1 == command("import", path, "films").exit_code
    run = command("import", path, "films", tmp_path / "none", "--partition-key", "id")
    assert (1, f"{tmp_path / 'none'}: No such file or directory\n") == (run.exit_code, run.stderr)
    assert not path.exists()


def test_import_does_not_take_another_key(command: Command, shop: Path) -> None:
    """A description of a table that is there must be true."""
    run = command("import", shop, "users", "--partition-key", "id:N", given='{"id": 1}')
    assert (1, "The table users is there already, and its key is id:S\n") == (
        run.exit_code,
        run.stderr,
    )
    assert 0 == command("import", shop, "users", "--partition-key", "id").exit_code


def test_sort_key_alone_is_no_description(command: Command, tmp_path: Path) -> None:
    """A table needs a partition key."""
    assert 1 == command("import", tmp_path / "a.ddb", "abc", "--sort-key", "id").exit_code


@pytest.mark.parametrize("key", ["id:X", ":N", "id:"])
def test_a_wrong_key_is_wrong_usage(command: Command, tmp_path: Path, key: str) -> None:
    """It is refused before anything is touched."""
    run = command("import", tmp_path / "a.ddb", "abc", "--partition-key", key)
    assert 2 == run.exit_code
    assert not (tmp_path / "a.ddb").exists()


def test_export_to_a_file(command: Command, shop: Path, tmp_path: Path) -> None:
    """It takes the place of an older one when it is whole."""
    target = tmp_path / "users.json"
    target.write_text("old")
    run = command("export", shop, "users", "--format", "ddb-json", "-o", target)
    assert (0, f"exported 3 items to {target}\n", "") == (run.exit_code, run.stdout, run.stderr)
    assert 3 == len(target.read_text().splitlines())
    assert {"shop.ddb", "users.json"} == {path.name for path in tmp_path.iterdir()}


def test_an_export_is_flushed_before_it_has_its_name(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the name is flushed too: a power cut leaves the older file or the whole new one."""
    steps: list[str] = []
    flush, rename = os.fsync, Path.replace

    def fsync(descriptor: int) -> None:
        steps.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        flush(descriptor)

    def replace(path: Path, target: Path) -> Path:
        steps.append("name")
        return rename(path, target)

    with ddblite.connect(shop, mode="read") as database:
        path = tmp_path / "users.ndjson"
        monkeypatch.setattr(os, "fsync", fsync)
        monkeypatch.setattr(Path, "replace", replace)
        with transfer.new_file(path, str(shop)) as stream:
            export_items(database.table("users"), stream, "jsonl", quiet)
    assert steps == ["file", "name", "folder"]


@pytest.mark.skipif(os.name == "nt", reason="there are no such rights on this system")
@pytest.mark.parametrize("rights", [0o600, 0o640, 0o444])
@pytest.mark.parametrize("original", ["secret.ndjson", "shop.ddb"])
def test_an_export_is_for_those_who_may_read_what_it_replaces_or_comes_from(
    tmp_path: Path, original: str, rights: int
) -> None:
    """Before there is anything in it, and whatever the umask."""
    (tmp_path / original).write_text("before")
    (tmp_path / original).chmod(rights)
    path = tmp_path / "secret.ndjson"
    with transfer.new_file(path, str(tmp_path / "shop.ddb")):
        (part,) = tmp_path.glob(".*.part")
        assert rights == stat.S_IMODE(part.stat().st_mode)
    assert rights == stat.S_IMODE(path.stat().st_mode)


def test_failed_export_leaves_the_older_file(
    command: Command, shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does it leave anything else."""
    target = tmp_path / "users.json"
    target.write_text("old")

    def fail(_item: Item) -> str:
        raise ddblite.errors.Corrupt("a row is damaged")

    monkeypatch.setattr(transfer, "WRITERS", {"jsonl": fail})
    run = command("export", shop, "users", "-o", target)
    assert (1, "", "a row is damaged\n") == (run.exit_code, run.stdout, run.stderr)
    assert "old" == target.read_text()
    assert {"shop.ddb", "users.json"} == {path.name for path in tmp_path.iterdir()}


def test_export_never_replaces_the_database(command: Command, shop: Path) -> None:
    """By whatever name it is called."""
    link = shop.with_name("link")
    link.symlink_to(shop)
    before = shop.read_bytes()
    for target in (shop, link):
        run = command("export", shop, "users", "-o", target)
        assert (1, f"{target} is the database itself\n") == (run.exit_code, run.stderr)
    assert before == shop.read_bytes()


@pytest.mark.parametrize("target", [".", "none/users.json"])
def test_export_to_nowhere(command: Command, shop: Path, tmp_path: Path, target: str) -> None:
    """A sentence with the path in it."""
    run = command("export", shop, "users", "-o", tmp_path / target)
    assert (1, "") == (run.exit_code, run.stdout)
    assert run.stderr.startswith(str(tmp_path / target))


def test_export_to_a_device(command: Command, shop: Path) -> None:
    """What is no regular file is written to, not replaced."""
    assert 0 == command("export", shop, "users", "-o", "/dev/null").exit_code
    assert not Path("/dev/null").is_file()
