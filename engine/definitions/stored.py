"""The definition of a table as a file keeps it: CreateTable's members and what changes leave.

A file may come from anybody, with checksums that are right. A definition is therefore looked at
once more when it is read, with the same shapes as a request, and by describing its table.
"""

from collections.abc import Mapping
from typing import Any, Final

from ddblite.api.wire.model.constraints import member_faults
from ddblite.api.wire.model.control_members import CREATE_TABLE, RECOVERY, TIME_TO_LIVE
from ddblite.api.wire.model.json_types import check_types
from ddblite.api.wire.model.shapes import STRING, ListOf, Structure, Whole, structure
from ddblite.engine.definitions.create_table import check_attribute_names, check_key_schemas
from ddblite.engine.definitions.describe import Moment, table_description
from ddblite.schema.errors import RequestError
from ddblite.schema.tables import index_definitions, table_spec

LATEST_S: Final = 253_402_300_799
"""The last second of the year 9999, and of what calendars take."""

MOMENT: Final = Whole(0, LATEST_S, java="Long")
CHANGES: Final = {
    "LastIncreaseDateTime": MOMENT,
    "LastDecreaseDateTime": MOMENT,
    "NumberOfDecreasesToday": Whole(0),
}
"""What a change of capacity leaves behind, in a table or a global index."""

GLOBAL_INDEXES: Final = CREATE_TABLE.members["GlobalSecondaryIndexes"]
assert isinstance(GLOBAL_INDEXES, ListOf)
assert isinstance(GLOBAL_INDEXES.element, Structure)

KEPT: Final = Structure(
    CREATE_TABLE.name,
    {
        **CREATE_TABLE.members,
        **CHANGES,
        "GlobalSecondaryIndexes": ListOf(
            Structure(
                GLOBAL_INDEXES.element.name,
                {**GLOBAL_INDEXES.element.members, **CHANGES},
                GLOBAL_INDEXES.element.required,
            )
        ),
        "Tags": ListOf(structure("Tag", "Key Value", Key=STRING, Value=STRING)),
        "LatestStreamLabel": STRING,
        "LastUpdateToPayPerRequestDateTime": MOMENT,
        "TimeToLiveSpecification": TIME_TO_LIVE,
        "PointInTimeRecoverySpecification": Structure(
            RECOVERY.name, RECOVERY.members, frozenset(RECOVERY.members)
        ),
    },
    CREATE_TABLE.required,
)


def check_kept(definition: Mapping[str, Any]) -> None:
    """Raises ValueError, or what reading it raises, for a definition that was never a table's."""
    try:
        check_types(KEPT, definition)
        for fault in member_faults(KEPT, definition, ()):
            raise ValueError(fault.text())
        check_attribute_names(definition)
        check_key_schemas(definition)
    except RequestError as fault:
        raise ValueError(fault.message) from fault
    names = [index["IndexName"] for index in index_definitions(definition)]
    spec = table_spec(1, dict.fromkeys(names, 1), definition, table_id="", created_at_s=0)
    table_description(spec, Moment(now_s=0))
