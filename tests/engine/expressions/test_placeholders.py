"""ExpressionAttributeNames and ExpressionAttributeValues as a whole."""

import pytest

from ddblite.engine.expressions import check_placeholder_keys, check_placeholders
from ddblite.schema.errors import ValidationException
from ddblite.schema.limits import ATTRIBUTE_NAME_BYTES_MAX, PLACEHOLDER_LENGTH_MAX
from ddblite.schema.values import Value


def test_used_placeholders_are_right() -> None:
    check_placeholders(None, None, (), ())
    check_placeholders({"#a": "a"}, {":1": 1}, {"#a"}, {":1"})


@pytest.mark.parametrize(
    ("expected", "names", "values"),
    [
        ("ExpressionAttributeNames must not be empty", {}, {}),
        ("ExpressionAttributeValues must not be empty", None, {}),
        (
            "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a, #b}",
            {"#a": "a", "#used": "u", "#b": "b"},
            {":a": 1},
        ),
        (
            "Value provided in ExpressionAttributeValues unused in expressions: keys: {:a}",
            {"#used": "u"},
            {":used": 1, ":a": 1},
        ),
        (
            "ExpressionAttributeNames contains invalid value: Empty attribute name for key #used",
            {"#used": ""},
            None,
        ),
        (
            (
                "ExpressionAttributeNames contains invalid value: Attribute name is too large, "
                "must be less than 65536 bytes for key #used"
            ),
            {"#used": "n" * (ATTRIBUTE_NAME_BYTES_MAX + 1)},
            None,
        ),
    ],
)
def test_fault(
    expected: str, names: dict[str, str] | None, values: dict[str, Value] | None
) -> None:
    with pytest.raises(ValidationException) as caught:
        check_placeholders(names, values, {"#used"}, {":used"})
    assert expected == caught.value.message
    assert caught.value.enveloped


@pytest.mark.parametrize("key", ["a", "", "#", "#a b", "#ä", "##", "#a\n", ":a"])
def test_malformed_name(key: str) -> None:
    with pytest.raises(ValidationException) as caught:
        check_placeholder_keys({"#fine": "a", key: "b"}, None)
    text = f'ExpressionAttributeNames contains invalid key: Syntax error; key: "{key}"'
    assert text == caught.value.message


@pytest.mark.parametrize("key", ["a", "", ":", ":a-b", "#a", ":vé"])
def test_malformed_value(key: str) -> None:
    with pytest.raises(ValidationException) as caught:
        check_placeholder_keys(None, {key: 1})
    text = f'ExpressionAttributeValues contains invalid key: Syntax error; key: "{key}"'
    assert text == caught.value.message


def test_placeholder_length_max() -> None:
    for length in (PLACEHOLDER_LENGTH_MAX - 1, PLACEHOLDER_LENGTH_MAX):
        check_placeholder_keys({"#" + "a" * (length - 1): "a"}, None)
    with pytest.raises(ValidationException, match="invalid key"):
        check_placeholder_keys({"#" + "a" * PLACEHOLDER_LENGTH_MAX: "a"}, None)
