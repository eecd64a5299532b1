"""Settings of a table that are about its time: when items expire, and how far back it can go.

A setting is kept in the table's definition, under the name of the request's member, for as long as
it is on. Facts: docs/facts/validation.md, "Time to live" and "Point-in-time recovery".
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ddblite.schema.errors import ValidationException
from ddblite.schema.limits import RECOVERY_DAYS_MAX

Definition = Mapping[str, Any]

EXPIRY: Final = "TimeToLiveSpecification"
RECOVERY: Final = "PointInTimeRecoverySpecification"


def with_expiry(definition: Definition, setting: Definition) -> dict[str, Any]:
    """Returns a definition with time to live turned on or off, or raises when it is already."""
    current = expiry_attribute(definition)
    if current not in {None, setting["AttributeName"]}:
        raise ValidationException(
            f"TimeToLive is active on a different AttributeName: current AttributeName is {current}"
        )
    if setting["Enabled"] == (current is not None):
        state = "enabled" if setting["Enabled"] else "disabled"
        raise ValidationException(f"TimeToLive is already {state}")
    return with_setting(definition, EXPIRY, setting if setting["Enabled"] else None)


def expiry_attribute(definition: Definition) -> str | None:
    """Returns the attribute that says when an item expires, or None when none does."""
    name: str | None = definition.get(EXPIRY, {}).get("AttributeName")
    return name


def expiry_description(definition: Definition) -> dict[str, Any]:
    """Returns the TimeToLiveDescription; one that was turned off is like one that never was."""
    name = expiry_attribute(definition)
    if name is None:
        return {"TimeToLiveStatus": "DISABLED"}
    return {"TimeToLiveStatus": "ENABLED", "AttributeName": name}


def check_recovery(setting: Definition) -> None:
    """Refuses a period for what is turned off."""
    if "RecoveryPeriodInDays" in setting and not setting["PointInTimeRecoveryEnabled"]:
        raise ValidationException(
            "Invalid Request: Cannot specify RecoveryPeriodInDays when disabling"
            " point-in-time recovery."
        )


def with_recovery(definition: Definition, setting: Definition, now_s: float) -> dict[str, Any]:
    """Returns a definition with point-in-time recovery turned on or off; being so is no error.

    Since when it is on is kept; turned on again, that is now.
    """
    days = setting.get("RecoveryPeriodInDays", RECOVERY_DAYS_MAX)
    since_s = definition.get(RECOVERY, {}).get("EnabledAt", now_s)
    kept = {**setting, "RecoveryPeriodInDays": days, "EnabledAt": since_s}
    is_on = setting["PointInTimeRecoveryEnabled"]
    return with_setting(definition, RECOVERY, kept if is_on else None)


def recovery_description(definition: Definition, now_s: float) -> dict[str, Any]:
    """Returns the ContinuousBackupsDescription."""
    setting = definition.get(RECOVERY)
    recovery: dict[str, Any] = {"PointInTimeRecoveryStatus": "DISABLED"}
    if setting is not None:
        recovery = {
            "PointInTimeRecoveryStatus": "ENABLED",
            "RecoveryPeriodInDays": setting["RecoveryPeriodInDays"],
            "EarliestRestorableDateTime": earliest_s(definition, now_s),
            "LatestRestorableDateTime": max(now_s, setting.get("EnabledAt", now_s)),
        }
    return {"ContinuousBackupsStatus": "ENABLED", "PointInTimeRecoveryDescription": recovery}


def earliest_s(definition: Definition, now_s: float) -> float:
    """Returns the first moment that a table can be restored to."""
    since_s: float = definition[RECOVERY].get("EnabledAt", now_s)
    return max(since_s, now_s - window_s(definition))


def window_s(definition: Definition) -> float:
    """Returns how far back a table can be restored, in seconds; 0 when it cannot be."""
    days: int = definition.get(RECOVERY, {}).get("RecoveryPeriodInDays", 0)
    return days * DAY_S


DAY_S: Final = 24 * 3600.0


def with_setting(definition: Definition, name: str, setting: Definition | None) -> dict[str, Any]:
    """Returns a definition with one setting as it is now, or without it."""
    rest = {member: value for member, value in definition.items() if member != name}
    return rest if setting is None else {**rest, name: setting}


def settings_in_words(definition: Definition) -> Iterator[str]:
    """Yields, in words, what a table is set to beside its key and indexes."""
    if "StreamSpecification" in definition:
        yield f"stream ({definition['StreamSpecification']['StreamViewType']})"
    name = expiry_attribute(definition)
    if name is not None:
        yield f"time to live ({name})"
    if RECOVERY in definition:
        yield f"point-in-time recovery ({definition[RECOVERY]['RecoveryPeriodInDays']} days)"
