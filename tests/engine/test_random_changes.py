"""Random changes of a table among random writes: indexes stay what the items imply."""

from contextlib import suppress
from typing import Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st

import ddblite
from ddblite.engine.engine import Engine
from ddblite.schema.errors import RequestError

NAMES: Final = ("p", "a", "b", "c")
INDEXES: Final = ("one", "two", "six")
UNITS: Final = st.fixed_dictionaries(
    {"ReadCapacityUnits": st.integers(1, 3), "WriteCapacityUnits": st.integers(1, 3)}
)
SCHEMAS: Final = st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True).flatmap(
    lambda names: st.integers(1, len(names)).map(
        lambda hashes: [
            {"AttributeName": name, "KeyType": "HASH" if position < hashes else "RANGE"}
            for position, name in enumerate(names)
        ]
    )
)
PROJECTIONS: Final = st.sampled_from(
    [
        {"ProjectionType": "ALL"},
        {"ProjectionType": "KEYS_ONLY"},
        {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["c", "d"]},
    ]
)
NAMED: Final = st.fixed_dictionaries({"IndexName": st.sampled_from(INDEXES)})
CREATE: Final = st.fixed_dictionaries(
    {
        "IndexName": st.sampled_from(INDEXES),
        "KeySchema": SCHEMAS,
        "Projection": PROJECTIONS,
    },
    optional={"ProvisionedThroughput": UNITS},
)
ACTIONS: Final = st.one_of(
    CREATE.map(lambda index: {"Create": index}),
    NAMED.map(lambda index: {"Delete": index}),
    st.tuples(NAMED, UNITS).map(
        lambda pair: {"Update": {**pair[0], "ProvisionedThroughput": pair[1]}}
    ),
)
CHANGES: Final = st.fixed_dictionaries(
    {"AttributeDefinitions": st.just([{"AttributeName": n, "AttributeType": "S"} for n in NAMES])},
    optional={
        "BillingMode": st.sampled_from(["PROVISIONED", "PAY_PER_REQUEST"]),
        "ProvisionedThroughput": UNITS,
        "GlobalSecondaryIndexUpdates": st.lists(ACTIONS, min_size=1, max_size=2),
        "StreamSpecification": st.sampled_from(
            [{"StreamEnabled": False}, {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}]
        ),
    },
)
VALUES: Final = st.sampled_from(["x", "y", "", 5, None, [1], "z" * 1100, "z" * 2100])
ITEMS: Final = st.fixed_dictionaries(
    {"p": st.sampled_from(["k1", "k2", "k3"])},
    optional=dict.fromkeys(("a", "b", "c", "d"), VALUES),
)
STEPS: Final = st.lists(st.one_of(CHANGES, CHANGES, ITEMS), max_size=14)


def take(database: ddblite.Database, step: dict[str, Any]) -> None:
    """Carries out one step; what cannot be is refused, and nothing goes wrong."""
    with suppress(RequestError):
        if "AttributeDefinitions" in step:
            database.call("UpdateTable", {"TableName": "changing", **step})
        else:
            database.table("changing").put(step)


@settings(max_examples=120)
@given(STEPS)
def test_indexes_are_what_the_items_imply(steps: list[dict[str, Any]]) -> None:
    """``check`` derives every entry anew; a description is answered after every step."""
    with ddblite.connect(":memory:") as database:
        database.create_table("changing", partition_key="p")
        for step in steps:
            take(database, step)
            assert [] == Engine.check(database.engine)
            described = database.call("DescribeTable", {"TableName": "changing"})["Table"]
            for index in described.get("GlobalSecondaryIndexes", ()):
                entries = database.table("changing").scan(index=index["IndexName"]).all()
                assert len(entries) == index["ItemCount"]
