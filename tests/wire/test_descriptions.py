"""Tables described by types: nothing is lost between the wire and the description."""

import subprocess
import sys

import pytest
from pydantic import ValidationError

from ddblite.schema.descriptions import TableDefinition
from wire_requests import TABLE, Wire

FULL = TABLE | {
    "AttributeDefinitions": [
        {"AttributeName": "id", "AttributeType": "S"},
        {"AttributeName": "year", "AttributeType": "N"},
    ],
    "KeySchema": [
        {"AttributeName": "id", "KeyType": "HASH"},
        {"AttributeName": "year", "KeyType": "RANGE"},
    ],
    "LocalSecondaryIndexes": [
        {
            "IndexName": "local",
            "KeySchema": [
                {"AttributeName": "id", "KeyType": "HASH"},
                {"AttributeName": "year", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }
    ],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "global",
            "KeySchema": [{"AttributeName": "year", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["x"]},
            "OnDemandThroughput": {"MaxReadRequestUnits": 5},
            "WarmThroughput": {"ReadUnitsPerSecond": 12000},
        }
    ],
    "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    "SSESpecification": {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": "k"},
    "Tags": [{"Key": "k", "Value": ""}],
    "TableClass": "STANDARD",
    "DeletionProtectionEnabled": False,
}


def test_nothing_is_lost() -> None:
    assert FULL == TableDefinition.read(FULL).write()
    assert TABLE == TableDefinition.read(TABLE).write()


def test_other_shapes_are_refused() -> None:
    wrongs: list[Wire] = [{"TableName": "a"}, {"KeySchema": []}, {"BillingMode": "FREE"}]
    for wrong in wrongs:
        with pytest.raises(ValidationError):
            TableDefinition.read(TABLE | wrong)


def test_models_are_loaded_on_first_use() -> None:
    """Dispatching requests does not need them."""
    listing = "import sys, ddblite.api.wire.dispatch; print('pydantic' in sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", listing], check=True, capture_output=True, text=True
    )
    assert "False" == run.stdout.strip()
