"""Every operation and error of the service's models is there, or missing with a reason.

The models are botocore's, in the pinned version. A newer one only warns: it may know operations
that nobody here has heard of.
"""

import re
import warnings
from typing import Any, Final

import pytest

import ddblite
from ddblite.api.wire.dispatch import OPERATIONS
from ddblite.api.wire.model import feature_members, members
from ddblite.api.wire.unsupported import MISSING, REMARKS
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
    check(modelled - OPERATIONS.keys() - MISSING.keys(), "operations")
    if is_pinned():
        assert 66 == len(modelled)
        assert modelled == OPERATIONS.keys() | MISSING.keys()


def test_no_operation_is_both() -> None:
    """A reason for being missing would be a lie about what is there."""
    assert set() == OPERATIONS.keys() & MISSING.keys()
    assert set() == REMARKS.keys() - OPERATIONS.keys()
    assert all(MISSING.values())


@pytest.mark.filterwarnings("default:a newer model")
def test_every_error_has_a_class() -> None:
    """``except ddblite.errors.<name>`` works for whatever the service may answer with."""
    modelled = {shape.name for model in models() for shape in model.error_shapes}
    known = {name for name in dir(ddblite.errors) if not name.startswith("_")}
    check(modelled - known, "errors")
    for name in modelled & known:
        assert name == getattr(ddblite.errors, name).code


@pytest.mark.parametrize("name", sorted(MISSING))
def test_missing_operations_say_why(name: str) -> None:
    with (
        ddblite.connect(":memory:") as database,
        pytest.raises(ddblite.errors.UnknownOperationException) as caught,
    ):
        database.call(name, {})
    assert MISSING[name] == caught.value.message


def test_streams_are_the_second_service() -> None:
    _, streams = models()
    assert members.STREAMS == set(streams.operation_names)


CONSTANT: Final = frozenset({"DescribeEndpoints", "DescribeLimits"})
"""What is asked about an account or a host, not about a feature."""


def operations_table() -> str:
    """Returns the table of the document, as it should be."""
    rows = ["| operation | answered | remark |", "|---|---|---|"]
    for name in sorted(OPERATIONS.keys() | MISSING.keys()):
        if name in MISSING:
            answered, remark = "no", MISSING[name]
        elif name in feature_members.OPERATIONS and name not in CONSTANT:
            answered = "as without the feature"
            remark = REMARKS.get(name, "as for a table that never had it")
        else:
            answered, remark = "yes", REMARKS.get(name, "")
        rows.append(f"| {name} | {answered} | {remark} |")
    return "\n".join(rows) + "\n"


def test_document_has_the_table(*, rewrite_golden: bool) -> None:
    """``pytest --rewrite-golden`` writes it anew."""
    text = DOCUMENT.read_text("utf-8")
    if rewrite_golden:
        DOCUMENT.write_text(BETWEEN.sub(lambda _: operations_table(), text), "utf-8")
        return
    assert [operations_table()] == BETWEEN.findall(text)
