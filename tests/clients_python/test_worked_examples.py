"""The worked examples through ``boto3_resource()``, and again through HTTP, print the same lines.

What they are to print is what the examples themselves print: the golden files of tests/examples.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

import boto3
import pytest

import ddblite
from boto3_doors import options_for
from serving import running
from sources import ROOT
from worked_examples import EXAMPLES

Resource = Any

PLAN: Final = re.compile(r"^  \(?(Query|Scan) .*\n", re.MULTILINE)
"""A line about how something was found, which boto3 does not tell."""


@pytest.fixture(params=["in process", "http"])
def resource(request: pytest.FixtureRequest) -> Iterator[Resource]:
    """boto3's resource of an empty database, through either door."""
    if request.param == "in process":
        with ddblite.connect(":memory:") as database:
            yield database.boto3_resource()
        return
    with running(":memory:") as server:
        made = boto3.resource("dynamodb", **options_for(server.url))
        yield made
        made.meta.client.close()


@pytest.mark.parametrize("name", EXAMPLES)
def test_example_prints_the_same(resource: Resource, name: str) -> None:
    golden = (ROOT / "tests" / "examples" / f"{name}.txt").read_text("utf-8")
    assert PLAN.sub("", golden).splitlines() == list(EXAMPLES[name](resource))


def test_every_example_is_tried() -> None:
    """All but the demonstration, which is a tour of them."""
    examples = {path.stem for path in (ROOT / "examples").glob("*.py")}
    assert examples - {"demo"} == EXAMPLES.keys()
