"""What Terraform's AWS provider asks, as it was recorded: make a table, change it, destroy it.

It is not made of what the provider needs by our lights, but of what it sends. Terraform itself is
run by ``make clients``, where it is on the machine.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from serving import Server

RECORDED: Final = Path(__file__).with_name("terraform.txt").read_text("utf-8")


def assert_within(expected: object, answered: object, where: str) -> None:
    """An answer has every member that is expected; what it has besides is not looked at."""
    if isinstance(expected, Mapping) and isinstance(answered, Mapping):
        for name, value in expected.items():
            assert name in answered, f"{where} has no {name}"
            assert_within(value, answered[name], f"{where}.{name}")
    elif isinstance(expected, list) and isinstance(answered, list):
        assert len(expected) == len(answered), where
        for index, value in enumerate(expected):
            assert_within(value, answered[index], f"{where}[{index}]")
    else:
        assert expected == answered, where


def test_a_table_from_its_plan_to_its_end(server: Server) -> None:
    """Made, found unchanged, changed, found unchanged, and destroyed."""
    lines = [line for line in RECORDED.splitlines() if line and not line.startswith("#")]
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        operation, body = line.split(" ", 1)
        if operation in "=!":
            continue
        reply = server.ask(operation, json.loads(body))
        refusal = after.startswith("!")
        assert (400 if refusal else 200) == reply.status, f"{line}\n{reply.body.decode()}"
        if after.startswith(("=", "!")):
            assert_within(json.loads(after[2:]), reply.json, line)


@pytest.mark.parametrize("answered", [{}, {"a": [1]}, {"a": [1, 3]}, {"a": [1, 2, 3]}, {"a": 1}])
def test_what_is_not_within_is_found(answered: object) -> None:
    with pytest.raises(AssertionError):
        assert_within({"a": [1, 2]}, answered, "answer")
