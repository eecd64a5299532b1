"""A statement as requests of the API: what one would have to send instead of it.

One request per read. An operation can do less than a statement in three ways, and then the
caller is told what is left to do with the answer:

* Query has no filter on the key attributes of what it reads, nor on what an index does not carry,
  and Scan fetches that from the table of a local index: a statement takes it for missing;
* a projection gives paths as they are nested in the item, a statement gives their last step,
  and of a list it gives what was asked for without the places in between;
* nothing sorts the items of several partitions.

So it is when an answer may be more than a page, where one has to ask again for the rest, and
when a statement is longer than an expression of the API may be.

A read of one item that filters it too is a Query, because GetItem has no filter.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from ddblite.engine.expressions.tree import Path, Tree
from ddblite.engine.operations import request_expressions
from ddblite.partiql.access_paths.access import Change, Get, Put, Scan
from ddblite.partiql.access_paths.branches import KeyRead
from ddblite.partiql.access_paths.sources import lacking
from ddblite.partiql.access_paths.terms import attributes_of, joined, terms_of
from ddblite.partiql.explanations.explanation import Equivalent
from ddblite.partiql.explanations.expression_text import Wording
from ddblite.partiql.explanations.plan_text import clause
from ddblite.partiql.explanations.printing import shown_name, shown_path
from ddblite.partiql.plans import plan
from ddblite.partiql.run.execute import Run
from ddblite.partiql.run.prepare import key_terms
from ddblite.partiql.run.write_requests import changed_key, inserted
from ddblite.schema import wire
from ddblite.schema.errors import ValidationException
from ddblite.schema.tables import Source
from ddblite.schema.values import BinarySet, Item, Value

Request = dict[str, Any]


def equivalents_of(run: Run, *, has_pages: bool) -> tuple[Equivalent, ...]:
    """Returns the requests that do together what a statement does.

    ``has_pages`` is whether the items may be more than fit into one answer.
    """
    of = run.prepared.statement.plan
    access = run.fitted.access
    if isinstance(access, Put | Change):
        return (write_of(run),)
    assert isinstance(of, plan.Select), "what does not write is a SELECT"
    if isinstance(access, Scan):
        return (scan_of(run, of, access, next_pages(has_pages=has_pages)),)
    left_over = next_pages(has_pages=has_pages)
    if len(run.key_reads) > 1 and run.fitted.order.merged:
        left_over.append("merge the items of all requests by the sort key")
    make = get_of if isinstance(access, Get) else query_of
    return tuple(make(run, of, access.source, one.key_read, left_over) for one in run.key_reads)


def next_pages(*, has_pages: bool) -> list[str]:
    """Returns what is left to do where an answer may not be all of it."""
    return ["ask again with LastEvaluatedKey as ExclusiveStartKey while there is one"] * has_pages


def equivalent(
    operation: str, request: Request, wording: Wording, left_over: Sequence[str] = ()
) -> Equivalent:
    """Returns a request with the names and values that its texts use."""
    given = {name: part for name, part in request.items() if part is not None}
    if wording.names:
        given["ExpressionAttributeNames"] = wording.names

    def with_values(encode: Callable[[Value], Any]) -> Request:
        made = {
            name: {key: encode(value) for key, value in part.items()} if name in ITEMS else part
            for name, part in given.items()
        }
        if wording.values:
            values = {name: encode(value) for name, value in wording.values.items()}
            made["ExpressionAttributeValues"] = values
        return made

    return Equivalent(
        operation,
        with_values(wire.encode_value),
        boto3_text(operation, with_values(boto3_value)),
        (*left_over, *too_long(given, wording)),
    )


READERS: Final[Mapping[str, Callable[[str, Mapping[str, str]], object]]] = {
    "UpdateExpression": request_expressions.update_of,
    "ConditionExpression": request_expressions.condition_of,
    "FilterExpression": request_expressions.filter_of,
    "ProjectionExpression": request_expressions.projection_of,
}
"""The texts that a statement may make longer than an operation takes them."""


def too_long(given: Request, wording: Wording) -> Iterator[str]:
    """Gives what the API says of the texts that it would refuse."""
    for name, read in READERS.items():
        if name in given:
            try:
                read(given[name], wording.names)
            except ValidationException as error:
                yield f"make it shorter: {error.message}"


ITEMS: Final = frozenset({"Item", "Key"})
"""The members that are items."""


# reading


def read_members(run: Run, of: plan.Select, source: Source, wording: Wording) -> Request:
    """Returns what Query and Scan have in common; None is a member that is left out."""
    columns = None if of.columns is None else [without_places(one.path) for one in of.columns]
    return {
        "TableName": source.table.name,
        "IndexName": None if source.index is None else source.index.name,
        "ProjectionExpression": None if columns is None else wording.projection(columns),
        "ConsistentRead": run.consistent or None,
    }


def without_places(path: Path) -> Path:
    """Returns a path as far as the list that it goes into.

    A projection closes the gaps of a list, so ``a[2]`` alone would come as ``a[0]``.
    """
    places = [number for number, step in enumerate(path.steps) if isinstance(step, int)]
    return Path(path.steps[: places[0]]) if places else path


def scan_of(run: Run, of: plan.Select, access: Scan, left_over: list[str]) -> Equivalent:
    """Returns the Scan of a table or index."""
    source, terms = access.source, terms_of(access.filter)
    is_local = source.index is not None and not source.index.is_global
    behind = [term for term in terms if is_local and lacking(source, [term])]
    wording = Wording(run.values)
    request = read_members(run, of, source, wording)
    request["FilterExpression"] = wording.all_of([term for term in terms if term not in behind])
    left_over = left_over + kept(run, source, behind) + nested_columns(of)
    return equivalent("Scan", request, wording, left_over)


def get_of(
    run: Run, of: plan.Select, source: Source, key_read: KeyRead, _: list[str]
) -> Equivalent:
    """Returns the GetItem of one key, or a Query when there is something to filter by."""
    filters, behind = filters_of(source, key_read)
    if filters:
        return query_of(run, of, source, key_read, [])  # of one item, which is one page
    wording = Wording(run.values)
    request = read_members(run, of, source, wording)
    request["Key"] = key_of_read(source, key_read, run.values)
    return equivalent("GetItem", request, wording, kept(run, source, behind) + nested_columns(of))


def query_of(
    run: Run, of: plan.Select, source: Source, key_read: KeyRead, left_over: list[str]
) -> Equivalent:
    """Returns the Query of one partition."""
    filters, behind = filters_of(source, key_read)
    wording = Wording(run.values)
    request = read_members(run, of, source, wording)
    request["KeyConditionExpression"] = wording.all_of(key_terms(source, key_read))
    request["FilterExpression"] = wording.all_of(filters)
    request["ScanIndexForward"] = False if run.fitted.order.backward else None
    return equivalent(
        "Query", request, wording, left_over + kept(run, source, behind) + nested_columns(of)
    )


def filters_of(source: Source, key_read: KeyRead) -> tuple[list[Tree], list[Tree]]:
    """Returns the terms that a Query can filter by, and those it cannot."""
    own = set(source.key_names)
    filters = [
        term
        for term in key_read.rest
        if own.isdisjoint(attributes_of(term)) and not lacking(source, [term])
    ]
    return filters, [term for term in key_read.rest if term not in filters]


def kept(run: Run, source: Source, behind: list[Tree]) -> list[str]:
    """Returns what is left to do where items are to be filtered by what an operation does not."""
    condition = joined(tuple(behind))
    if condition is None:
        return []
    missing = lacking(source, behind)
    found = [f"keep the items with {clause('', condition, run.values).strip()}"]
    if missing and source.index is not None:
        names = ", ".join(map(shown_name, missing))
        found[0] += f", {names} taken for missing: {source.index.name} does not carry it"
    return found


def key_of_read(source: Source, key_read: KeyRead, values: Mapping[str, Value]) -> Item:
    """Returns the key attributes whose values a read has."""
    key: Item = {source.partition.name: values[key_read.partition]}
    if key_read.sort is not None and source.sort is not None and key_read.sort.operator == "=":
        key[source.sort.name] = values[key_read.sort.names[0]]
    return key


def nested_columns(of: plan.Select) -> list[str]:
    """Returns what is left to do where columns are not whole attributes."""
    nested = [one for one in of.columns or () if len(one.path.steps) > 1]
    return [f"take {shown_path(one.path)} out of the item as {one.label!r}" for one in nested]


# writing


def write_of(run: Run) -> Equivalent:
    """Returns the request of a write."""
    of = run.prepared.statement.plan
    access = run.fitted.access
    wording = Wording(run.values)
    assert isinstance(access, Put | Change), "only writes have a request of a write"
    request: Request = {"TableName": access.table.name}
    match of:
        case plan.Insert():
            operation = "PutItem"
            request["Item"] = inserted(of, run.parameters)
        case plan.Update():
            operation = "UpdateItem"
            request["Key"] = changed_key(run.fitted, run.values)
            request["UpdateExpression"] = wording.update(of.actions)
        case _:
            operation = "DeleteItem"
            request["Key"] = changed_key(run.fitted, run.values)
    if access.condition is not None:
        request["ConditionExpression"] = wording.condition(access.condition)
    if isinstance(of, plan.Update | plan.Delete) and of.returning != "NONE":
        request["ReturnValues"] = of.returning
    return equivalent(operation, request, wording)


# Python


def boto3_value(value: Value) -> Any:  # noqa: ANN401 - the wire's form, with bytes as they are
    """Returns a value as boto3's client takes it: the wire's form, but for bytes."""
    match value:
        case bytes():
            return {"B": value}
        case BinarySet():
            return {"BS": list(value.members)}
        case list():
            return {"L": [boto3_value(one) for one in value]}
        case dict():
            return {"M": {name: boto3_value(one) for name, one in value.items()}}
    return wire.encode_value(value)


METHODS: Final = {
    "DeleteItem": "delete_item",
    "GetItem": "get_item",
    "PutItem": "put_item",
    "Query": "query",
    "Scan": "scan",
    "UpdateItem": "update_item",
}


def boto3_text(operation: str, request: Request) -> str:
    """Returns the call of a boto3 client, as Python."""
    lines = [f"client.{METHODS[operation]}("]
    for name, value in request.items():
        if isinstance(value, dict):
            lines.append(f"    {name}={{")
            lines += [f"        {key!r}: {one!r}," for key, one in value.items()]
            lines.append("    },")
        else:
            lines.append(f"    {name}={value!r},")
    return "\n".join([*lines, ")"])
