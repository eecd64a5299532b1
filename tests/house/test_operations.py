"""Every operation and error of the service's models is there, or missing with a reason.

The models are botocore's, in the pinned version. A newer one only warns: it may know operations
that nobody here has heard of.
"""

import re
import warnings
from typing import Any, Final

import pytest

import ddblite
from ddblite.api.wire.operations import (
    OPERATIONS,
    READS,
    STATED,
    STREAMS,
    TOGETHER,
    UNSUPPORTED,
    WRITES,
)
from ddblite.engine import operations
from ddblite.engine.control.unavailable import ANSWERS
from ddblite.schema import control_requests, requests, statement_requests
from ddblite.schema.request_kinds import Kind, OnTables
from sources import ROOT

SERVICES: Final = ("dynamodb", "dynamodbstreams")
PINNED: Final = re.findall(
    r"^botocore==(.+)$", (ROOT / "constraints.txt").read_text("utf-8"), re.MULTILINE
)
DOCUMENT: Final = ROOT / "docs" / "compatibility.md"
BETWEEN: Final = re.compile(r"(?<=<!-- operations -->\n).*?(?=<!-- /operations -->)", re.DOTALL)


def models() -> list[Any]:
    """The models of both services."""
    session = pytest.importorskip("botocore.session").get_session()
    return [session.get_service_model(service) for service in SERVICES]


def is_pinned() -> bool:
    """Whether the models are those that this repository was made with."""
    return [pytest.importorskip("botocore").__version__] == PINNED


def check(strangers: set[str], what: str) -> None:
    """Fails for names that only the model knows, or warns when the model is another one."""
    if strangers and not is_pinned():
        warnings.warn(f"a newer model has {what}: {sorted(strangers)}", stacklevel=2)
    else:
        assert set() == strangers


@pytest.mark.filterwarnings("default:a newer model")
def test_every_operation_is_accounted_for() -> None:
    """Carried out, or missing on purpose: nothing in between."""
    modelled = {name for model in models() for name in model.operation_names}
    check(modelled - OPERATIONS.keys() - UNSUPPORTED.keys(), "operations")
    if is_pinned():
        assert 66 == len(modelled)
        assert modelled == OPERATIONS.keys() | UNSUPPORTED.keys()


def test_no_operation_is_both() -> None:
    """A reason for being missing would be a lie about what is there."""
    assert set() == OPERATIONS.keys() & UNSUPPORTED.keys()
    assert all(UNSUPPORTED.values())


@pytest.mark.filterwarnings("default:a newer model")
def test_every_error_has_a_class() -> None:
    """``except ddblite.errors.<name>`` works for whatever the service may answer with."""
    modelled = {shape.name for model in models() for shape in model.error_shapes}
    known = {name for name in dir(ddblite.errors) if not name.startswith("_")}
    check(modelled - known, "errors")
    for name in modelled & known:
        assert name == getattr(ddblite.errors, name).code


@pytest.mark.parametrize("name", sorted(UNSUPPORTED))
def test_missing_operations_say_why(name: str) -> None:
    with (
        ddblite.connect(":memory:") as database,
        pytest.raises(ddblite.errors.UnknownOperationException) as caught,
    ):
        database.call(name, {})
    assert UNSUPPORTED[name] == caught.value.message


def test_streams_are_the_second_service() -> None:
    _, streams = models()
    assert STREAMS == set(streams.operation_names)


def operations_table() -> str:
    """Returns the table of the document, as it should be."""
    rows = ["| operation | answered | remark |", "|---|---|---|"]
    for name in sorted(OPERATIONS.keys() | UNSUPPORTED.keys()):
        if name in UNSUPPORTED:
            answered, remark = "no", UNSUPPORTED[name]
        else:
            row = OPERATIONS[name]
            answered = "as without the feature" if row.is_feature else "yes"
            remark = row.remark
        rows.append(f"| {name} | {answered} | {remark} |")
    return "\n".join(rows) + "\n"


def test_document_has_the_table(*, rewrite_golden: bool) -> None:
    """``pytest --rewrite-golden`` writes it anew."""
    text = DOCUMENT.read_text("utf-8")
    if rewrite_golden:
        DOCUMENT.write_text(BETWEEN.sub(lambda _: operations_table(), text), "utf-8")
        return
    assert [operations_table()] == BETWEEN.findall(text)


# Rows without holes.

MODULES: Final = (requests, control_requests, statement_requests)
RECORDS: Final[list[type[requests.Request]]] = [
    record
    for module in MODULES
    for record in vars(module).values()
    if isinstance(record, type)
    and issubclass(record, requests.Request)
    and record.__module__ == module.__name__
    and record not in (requests.Request, requests.TableRequest)
]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_every_request_has_a_kind_of_its_own(record: type[requests.Request]) -> None:
    """One that is inherited would be somebody else's."""
    assert isinstance(vars(record).get("kind"), Kind)


def test_every_request_is_carried_out() -> None:
    """By the engine or by PartiQL; all but loads, sweeps and changes can be asked for by name."""
    stated = {record for record in RECORDS if record.__module__ == statement_requests.__name__}
    assert set(RECORDS) - stated == set(operations.OPERATIONS)
    unnamed = {
        requests.LoadItems,
        requests.AcceptItems,
        requests.LoadRows,
        control_requests.ReadChanges,
        control_requests.SaveCheckpoint,
        control_requests.StartOfChanges,
        control_requests.Sweep,
    }
    assert unnamed == set(RECORDS) - {row.record for row in OPERATIONS.values()}


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_every_row_is_whole(name: str) -> None:
    """What is forgotten in a row would be met by the first client that needs it."""
    row = OPERATIONS[name]
    assert name == row.name
    assert f"{name}Input" == row.shape.name
    assert all(map(callable, (row.decode, row.encode, row.carry_out)))
    assert all(map(callable, (*row.checks().current, *row.checks().older)))
    if row.record is control_requests.AbsentFeature:
        assert name in ANSWERS
        assert row.remark
    else:
        assert name == row.record.__name__


STYLED: Final = {
    member for row in OPERATIONS.values() for style in row.parameters for member in style
}


@pytest.mark.parametrize("name", sorted(OPERATIONS.keys() - {"BatchGetItem"}))
def test_no_parameter_is_without_a_style(name: str) -> None:
    """Who takes one parameter of a style names all; a BatchGetItem's are those of its tables."""
    row = OPERATIONS[name]
    named = {member for style in row.parameters for member in style}
    assert STYLED & set(row.shape.members) == named


def test_the_tables_of_kinds_are_views() -> None:
    """Each operation reads, writes, or does what its statements say; only writes are shared."""
    assert READS | WRITES | STATED == set(OPERATIONS)
    assert not READS & WRITES
    assert {"BatchExecuteStatement", "ExecuteStatement", "ExecuteTransaction"} == STATED
    assert not READS & TOGETHER
    changing = {
        row.name for row in OPERATIONS.values() if row.record.kind.on_tables is OnTables.CHANGES
    }
    restoring = {"RestoreTableFromBackup", "RestoreTableToPointInTime"}
    assert {"CreateTable", "UpdateTable", "DeleteTable"} | restoring == changing
    assert not changing & TOGETHER
