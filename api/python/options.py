"""The closed words of the Python API, as types: a checker refuses any other."""

from typing import Literal, TypeAlias

Mode: TypeAlias = Literal["create", "open", "read"]
"""Whether a file may be made, must be there, or is only read."""

Durability: TypeAlias = Literal["power", "process", "none"]
"""What an acknowledged write survives: a power cut, a killed process, or nothing."""

Wording: TypeAlias = Literal["current", "older"]
"""Which of DynamoDB's error texts are used: those since 2026, or those before."""

LongNumbers: TypeAlias = Literal["refuse", "text"]
"""What SQL does with a number of more than 15 digits."""

ReturnOld: TypeAlias = Literal["NONE", "ALL_OLD"]
"""What a put or a deletion returns."""

ReturnChanged: TypeAlias = Literal["NONE", "ALL_OLD", "UPDATED_OLD", "ALL_NEW", "UPDATED_NEW"]
"""What an update returns."""
