"""What a Query or Scan reads, and what of it is given: table or index, Select, projection.

Facts: docs/facts/capacity-and-paging.md, "Select"; docs/facts/validation.md, "Parameters that
exclude each other".
"""

from dataclasses import dataclass

from ddblite.engine.context import Context
from ddblite.engine.expressions import Condition, Projection
from ddblite.schema.errors import ValidationException
from ddblite.schema.requests import Query, Scan, Values
from ddblite.schema.tables import IndexSpec, Source
from ddblite.schema.value_faults import INVALID
from ddblite.schema.wording import ENVELOPE


@dataclass(frozen=True, slots=True)
class PageRequest:
    """What a page is to give: which items, and what of them."""

    filter: Condition | None
    projection: Projection | None
    values: Values
    counts_only: bool
    whole_items: bool
    gives_whole: bool
    filters_entry: bool
    consistent: bool
    limit: int | None
    return_limit: int | None


def source_of(context: Context, table_name: str, index_name: str | None) -> Source:
    """Returns the table or index of a request, or raises when there is none."""
    table = context.catalog.existing_table(table_name)
    source = table.sources.get(index_name)
    if source is None:
        raise ValidationException(f"The table does not have the specified index: {index_name}")
    return source


def check_consistency(source: Source, *, consistent: bool) -> None:
    """Raises when a consistent read is asked of a global index."""
    if consistent and source.index is not None and source.index.is_global:
        raise ValidationException("Consistent reads are not supported on global secondary indexes")


def page_request_of(
    source: Source,
    request: Query | Scan,
    filter_: Condition | None,
    projection: Projection | None,
    values: Values,
) -> PageRequest:
    """Returns what a page is to give, or raises when the index cannot give it."""
    index = source.index
    select = request.select
    asked = frozenset() if projection is None else projection.attributes
    whole = False
    if index is not None and index.projected is not None:
        if index.is_global:
            check_projected(index, select, asked)
        else:
            # A local index gives the rest from the table; the filter of an operation sees the whole
            # item too, that of a statement the entry.
            if filter_ is not None and not request.of_statement:
                asked |= filter_.attributes
            whole = select == "ALL_ATTRIBUTES" or not index.projects(asked)
    return PageRequest(
        filter=filter_,
        projection=projection,
        values=values,
        counts_only=select == "COUNT",
        whole_items=whole,
        gives_whole=select == "ALL_ATTRIBUTES",
        filters_entry=request.of_statement,
        consistent=request.consistent,
        limit=request.limit,
        return_limit=request.return_limit,
    )


def check_select(request: Query | Scan) -> None:
    """Raises when Select contradicts the projection or the lack of an index; needs no table."""
    if request.select is not None:
        refuse_select(
            request.select,
            projection=None if request.projection is None else "ProjectionExpression",
            index_name=request.index_name,
            reads="Scanning" if isinstance(request, Scan) else "Querying",
        )


def refuse_select(
    select: str, *, projection: str | None, index_name: str | None, reads: str
) -> None:
    """Raises when a Select contradicts the projection, told by its member, or the lack of an index.

    ``reads`` is what the older layer calls the operation; the current one says Querying of both.
    """
    if select == "SPECIFIC_ATTRIBUTES":
        if projection is None:
            raise enclosed(
                "Must specify the AttributesToGet or ProjectionExpression when choosing to get"
                " SPECIFIC_ATTRIBUTES"
            )
    elif projection is not None:
        chosen = "only the Count" if select == "COUNT" else select
        raise enclosed(f"Cannot specify the {projection} when choosing to get {chosen}")
    elif select == "ALL_PROJECTED_ATTRIBUTES" and index_name is None:
        text = "ALL_PROJECTED_ATTRIBUTES can be used only when {} using an IndexName"
        raise enclosed(text.format("Querying"), older=text.format(reads))


def enclosed(text: str, older: str | None = None) -> ValidationException:
    """Returns the error for a rule of Select, which the current layer takes for a constraint."""
    return ValidationException(ENVELOPE + text, older=text if older is None else older)


def check_segments(segment: int | None, total: int | None) -> None:
    """Raises unless a segment and the number of segments come together and fit."""
    if segment is not None and total is None:
        raise ValidationException(
            "The TotalSegments parameter is required but was not present in the request when"
            " Segment parameter is present"
        )
    if segment is None and total is not None:
        raise ValidationException(
            "The Segment parameter is required but was not present in the request when parameter"
            " TotalSegments is present"
        )
    if segment is not None and total is not None and segment >= total:
        text = "The Segment parameter is zero-based and must be less than parameter TotalSegments"
        figures = f"Segment: {segment} is not less than TotalSegments: {total}"
        raise ValidationException(text, older=f"{text}: {figures}")


def check_projected(index: IndexSpec, select: str | None, asked: frozenset[str]) -> None:
    """Raises when a global index is asked for what it does not carry."""
    if select == "ALL_ATTRIBUTES":
        raise ValidationException(
            f"{INVALID}Select type ALL_ATTRIBUTES is not supported for global secondary index"
            f" {index.name} because its projection type is not ALL"
        )
    assert index.projected is not None, "an index that carries everything has nothing to lack"
    missing = sorted(asked - index.projected)
    if missing:
        raise ValidationException(
            f"{INVALID}Global secondary index {index.name} does not project [{', '.join(missing)}]"
        )
