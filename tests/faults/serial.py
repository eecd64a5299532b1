"""Several processes with several threads each append to lists and read them; one may be killed.

Their history, to the nanosecond, must be one of transactions that happened one after another: see
``faults.histories``.
"""

import http.client
import json
import os
import random
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import ddblite
from ddblite.api.http.listening import served
from faults.doors import Ask, Wire, asked_by_http
from faults.forked import Child
from faults.histories import NEVER, Transaction, anomalies
from faults.lines import Trial
from faults.writing import TABLE, template, write_and_read
from serving import TIMEOUT_S

LISTS: Final = tuple("12345")
PROCESSES_MAX: Final = 4
THREADS_MAX: Final = 3
APPEND: Final = "SET l = list_append(if_not_exists(l, :none), :one), g = :g, n = s"

HELD: Final = "another writer held the file"
"""What is said after five seconds in which others always came first; there is no order of them."""

Seen = list[tuple[str, list[int]]]


@dataclass(frozen=True, slots=True)
class Plan:
    """One episode."""

    path: Path
    seed: int
    processes: int
    threads: int
    transactions: int

    def log_of(self, process: int) -> Path:
        """Returns where a process writes down what it does."""
        return self.path.with_name(f"history{process}")


def trial(given: Trial) -> None:
    """Lets an episode happen, and looks for what cannot have happened."""
    dice = given.dice
    processes, threads = dice.randint(1, PROCESSES_MAX), dice.randint(1, THREADS_MAX)
    each = -(-given.cases // (processes * threads))
    plan = Plan(given.path, dice.randrange(10**9), processes, threads, each)
    plan.path.write_bytes(template())
    with ExitStack() as stack:
        works = [be_process(plan, process) for process in range(processes)]
        killed, *others = [stack.enter_context(Child(work)) for work in works]
        if others and dice.random() < 0.4:
            time.sleep(dice.random() * 0.2)
            killed.kill()
            killed.wait()
        else:
            killed.finish()
        for other in others:
            other.finish()
    history = [one for process in range(processes) for one in read_log(plan.log_of(process))]
    with ddblite.connect(plan.path) as database:
        assert [] == database.check()
        final = {name: lists_in(database.call, [name])[0][1] for name in LISTS}
        assert [] == anomalies(history, final), plan
        write_and_read(database)
    assert any(one.ended != NEVER for one in history), "nothing happened"


def read_log(path: Path) -> list[Transaction]:
    """Returns what a process did; what it began and told no end of, it may have done."""
    found: dict[int, Transaction] = {}
    if not path.exists():  # it was killed before it began
        return []
    for line in path.read_text("utf-8").splitlines(keepends=True):
        if line.endswith("\n"):  # who is killed may leave half a line
            number, begun, ended, appended, seen = json.loads(line)
            read = tuple((name, tuple(elements)) for name, elements in seen)
            found[number] = Transaction(number, begun, ended or NEVER, tuple(appended), read)
    return list(found.values())


def be_process(plan: Plan, process: int) -> Callable[[Child], None]:
    """Returns what a process does: threads on one open file, now and then through HTTP."""

    def work(_: Child) -> None:
        dice = random.Random(f"{plan.seed}:{process}")
        log = os.open(plan.log_of(process), os.O_CREAT | os.O_APPEND | os.O_WRONLY)
        with ddblite.connect(plan.path, durability="none") as database:
            if dice.random() < 0.25:
                with served(database) as url:
                    be_threads(plan, process, log, lambda: through_http(url))
            else:
                be_threads(plan, process, log, lambda: closing_call(database))

    return work


@dataclass
class Opened:
    """A door, and what closes it."""

    ask: Ask
    close: Callable[[], object]


def closing_call(database: ddblite.Database) -> Opened:
    """Returns ``Database.call``, of which there is nothing to close."""
    return Opened(database.call, lambda: None)


def through_http(url: str) -> Opened:
    """Returns a connection to a server."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=TIMEOUT_S)
    return Opened(
        lambda operation, wire: asked_by_http(connection, operation, wire), connection.close
    )


def be_threads(plan: Plan, process: int, log: int, knock: Callable[[], Opened]) -> None:
    """Runs the threads of a process; a fault of one is a fault of all."""
    faults: list[BaseException] = []

    def work(thread: int) -> None:
        first = (process * THREADS_MAX + thread + 1) * 1_000_000
        try:
            with closing(knock()) as door:
                for number in range(first, first + plan.transactions):
                    one(random.Random(f"{plan.seed}:{number}"), number, log, door.ask)
        except BaseException as error:  # noqa: BLE001 - it is told below
            faults.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(plan.threads)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]


def one(dice: random.Random, number: int, log: int, ask: Ask) -> None:
    """Carries out one transaction, and writes down what it did and saw."""
    kind = dice.choices(list(KINDS), [4, 4, 2, 3, 2, 1, 2])[0]
    names = dice.sample(LISTS, dice.randint(2, 4))
    appended = names[: APPENDING.get(kind, 0)]
    begun = time.monotonic_ns()
    if appended:
        note(log, number, begun, 0, appended, [])
    try:
        seen = KINDS[kind](ask, number, names)
    except Exception as error:
        if HELD not in str(error):
            raise
        return  # as of a killed program: it may be done or not
    note(log, number, begun, time.monotonic_ns(), appended, seen)


def note(
    log: int, number: int, begun: int, ended: int, appended: Sequence[str], seen: Seen
) -> None:
    """Writes a line down, in one step."""
    os.write(log, (json.dumps([number, begun, ended, appended, seen]) + "\n").encode())


# what transactions do


def key_of(name: str) -> Wire:
    """Returns the key of a list."""
    return {"p": {"S": "list"}, "s": {"N": name}}


def change_of(number: int, name: str) -> Wire:
    """Returns the members of the update that appends a number."""
    return {
        "TableName": TABLE,
        "Key": key_of(name),
        "UpdateExpression": APPEND,
        "ExpressionAttributeValues": {
            ":none": {"L": []},
            ":one": {"L": [{"N": str(number)}]},
            ":g": {"S": "lists"},
        },
    }


def elements_of(item: Wire | None) -> list[int]:
    """Returns what is in the list of an item."""
    return [int(element["N"]) for element in (item or {}).get("l", {"L": []})["L"]]


def update(ask: Ask, number: int, names: Sequence[str]) -> Seen:
    """Appends to one list, and sees it."""
    wire = change_of(number, names[0]) | {"ReturnValues": "ALL_NEW"}
    return [(names[0], elements_of(ask("UpdateItem", wire)["Attributes"]))]


def transact(ask: Ask, number: int, names: Sequence[str]) -> Seen:
    """Appends to several lists at once, and sees none."""
    wire: Wire = {"TransactItems": [{"Update": change_of(number, name)} for name in names]}
    if number % 2:
        wire["ClientRequestToken"] = f"token-{number}"
        ask("TransactWriteItems", wire)  # which was not heard of, and is asked for again
    ask("TransactWriteItems", wire)
    return []


def statement(ask: Ask, number: int, names: Sequence[str]) -> Seen:
    """Appends to one list by a statement, where there is one, or by an update."""
    wire: Wire = {
        "Statement": f"UPDATE {TABLE} SET l = list_append(l, ?) WHERE p = 'list' AND s = {names[0]}"  # noqa: S608
        " AND attribute_exists(l) RETURNING ALL NEW *",
        "Parameters": [{"L": [{"N": str(number)}]}],
    }
    try:
        return [(names[0], elements_of(ask("ExecuteStatement", wire)["Items"][0]))]
    except Exception as error:
        if "conditional request failed" not in str(error):
            raise
        return update(ask, number, names)


def transact_get(ask: Ask, _number: int, names: Sequence[str]) -> Seen:
    """Reads several lists at once."""
    gets = [{"Get": {"TableName": TABLE, "Key": key_of(name)}} for name in names]
    answers = ask("TransactGetItems", {"TransactItems": gets})["Responses"]
    found = zip(names, answers, strict=True)
    return [(name, elements_of(answer.get("Item"))) for name, answer in found]


def get(ask: Ask, _number: int, names: Sequence[str]) -> Seen:
    """Reads one list."""
    return lists_in(ask, names[:1])


def lists_in(ask: Ask, names: Sequence[str]) -> Seen:
    """Reads lists, one after another."""
    return [
        (name, elements_of(ask("GetItem", {"TableName": TABLE, "Key": key_of(name)}).get("Item")))
        for name in names
    ]


def query(ask: Ask, _number: int, _names: Sequence[str]) -> Seen:
    """Reads all lists in one page of the table."""
    wire: Wire = {"TableName": TABLE, "KeyConditionExpression": "p = :p"}
    return page(ask("Query", wire | {"ExpressionAttributeValues": {":p": {"S": "list"}}}))


def query_index(ask: Ask, _number: int, _names: Sequence[str]) -> Seen:
    """Reads all lists in one page of an index."""
    wire: Wire = {"TableName": TABLE, "IndexName": "by_group", "KeyConditionExpression": "g = :g"}
    return page(ask("Query", wire | {"ExpressionAttributeValues": {":g": {"S": "lists"}}}))


def page(answer: Wire) -> Seen:
    """Returns what a page shows of every list; one that is not there yet is empty."""
    found = {item["s"]["N"]: elements_of(item) for item in answer["Items"]}
    return [(name, found.get(name, [])) for name in LISTS]


KINDS: Final[dict[str, Callable[[Ask, int, Sequence[str]], Seen]]] = {
    "update": update,
    "transact": transact,
    "statement": statement,
    "transact_get": transact_get,
    "get": get,
    "query": query,
    "query_index": query_index,
}

APPENDING: Final = {"update": 1, "transact": len(LISTS), "statement": 1}
"""To how many of its lists a kind of transaction appends."""
