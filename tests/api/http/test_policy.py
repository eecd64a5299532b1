"""Whom a server answers, and on which address it may."""

import pytest

from ddblite.api.http.policy import CannotServe, Policy, hosts_of

KEYS = {"AKIDEXAMPLE": "secret"}
EVERYWHERE = ("0.0.0.0", "::", "192.0.2.1", "example.com")  # noqa: S104 - that is the test


def test_port_80_needs_no_number() -> None:
    """Clients leave it out."""
    assert {"localhost", "localhost:80"} <= hosts_of("127.0.0.1", 80)
    assert "localhost" not in hosts_of("127.0.0.1", 8000)
    assert "[::1]:1" in hosts_of("::1", 1)


@pytest.mark.parametrize(
    ("name", "known", "unknown"),
    [
        ("db.test", {"db.test", "db.test:8000"}, "db.test:81"),
        ("DB.test", {"db.test", "db.test:8000"}, "DB.test"),
        ("db.test:81", {"db.test:81"}, "db.test"),
        ("[fd00::1]", {"[fd00::1]", "[fd00::1]:8000"}, "[fd00::1]:81"),
        ("[fd00::1]:81", {"[fd00::1]:81"}, "[fd00::1]:8000"),
    ],
)
def test_further_hosts(name: str, known: set[str], unknown: str) -> None:
    """With a port, that one; without, the server's, and none: something in front has it."""
    hosts = Policy(hosts=frozenset({name})).at("127.0.0.1", 8000).hosts
    assert hosts_of("127.0.0.1", 8000) | known == hosts
    assert unknown not in hosts


@pytest.mark.parametrize("host", EVERYWHERE)
def test_other_machines_are_not_served_without_credentials(host: str) -> None:
    """There is nothing that would tell friend from stranger."""
    with pytest.raises(CannotServe, match="not a loopback address"):
        Policy().check(host)
    Policy(secrets=KEYS).check(host)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost", "LOCALHOST"])
def test_this_machine_is_served(host: str) -> None:
    """Whatever it is called."""
    Policy().check(host)


def test_the_address_is_not_empty() -> None:
    """To a socket, empty means every address of the machine."""
    with pytest.raises(CannotServe, match="empty"):
        Policy(secrets=KEYS).check("")


@pytest.mark.parametrize("name", ["", "*", "a b", "http://a", "a/b", "a:b", "a:", "a,b", "a@b"])
def test_hosts_are_names(name: str) -> None:
    """None would ever match, and whoever gave it would wonder."""
    with pytest.raises(CannotServe, match="not the name of a host"):
        Policy(hosts=frozenset({name})).check("127.0.0.1")


@pytest.mark.parametrize(
    "origin", ["", "*", "null", "localhost:3000", "http://a/", "http://*.a", "http://a?b", "//a"]
)
def test_origins_are_origins(origin: str) -> None:
    """A star would let in every page that anybody visits."""
    with pytest.raises(CannotServe, match="not an origin"):
        Policy(origins=frozenset({origin})).check("127.0.0.1")


def test_secrets_are_not_shown() -> None:
    """A policy that is printed or logged keeps them."""
    assert "secret'" not in repr(Policy(secrets=KEYS))
