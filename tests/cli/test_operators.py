"""`liveroom operators`: a link is shown once; the last administrator stays; what was done is in the audit."""

import re

import pytest

from liveroom.app.assembly import Core
from liveroom.usecases.operators.sessions import Browser
from tests.operator import Operator


def token_of(shown: str) -> str:
    """Return the token of a link that was shown alone."""
    found = re.fullmatch(r"http://127\.0\.0\.1:9000/console/#invitation=([\w-]{43})\n", shown)
    assert found, shown
    return found[1]


def accept(operator: Operator, token: str) -> None:
    async def work(core: Core) -> None:
        await core.services.console.operators.sign_ins.accept(
            token, "correct horse battery", "", Browser("192.0.2.1", "")
        )

    operator.within(work)


def test_an_operator_is_added_with_a_link_that_is_shown_alone(operator: Operator) -> None:
    accept(operator, token_of(operator.run("operators", "add", "Ann", "--role", "viewer", "--role", "support")))
    row = operator.row("ann", "operators", "list")
    assert row[:5] == ["ann", "support, viewer", "*", "no", "active"]
    said = operator.run("operators", "add", "ann", status=2)
    assert "there is an operator ann already" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("ann", "--role", "boss"), "there is no role boss: there are viewer, moderator"),
        (("ann", "--tenant", "nowhere"), "there is no tenant nowhere"),
        (("a name",), "an operator's name is"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(operator: Operator, words: tuple[str, ...], said: str) -> None:
    assert said in operator.run("operators", "add", *words, status=2)


def test_the_last_administrator_stays_and_all_of_it_is_in_the_audit(operator: Operator) -> None:
    accept(operator, token_of(operator.run("operators", "add", "ann")))
    operator.run("operators", "add", "bob")
    for word in ("remove", "disable"):
        assert "last administrator" in operator.run("operators", word, "ann", status=2)
    accept(operator, token_of(operator.run("operators", "reset", "bob")))
    assert operator.run("operators", "disable", "ann") == "ann is disabled\n"
    assert operator.row("ann", "operators", "list")[4] == "disabled"
    assert operator.run("operators", "enable", "ann") == "ann is enabled\n"
    assert operator.run("operators", "remove", "ann") == "ann is removed\n"
    assert "there is no operator ann" in operator.run("operators", "remove", "ann", status=2)
    audit = operator.run("audit")
    for word in ("add  ", "remove", "disable", "enable", "reset"):
        assert f"operators {word}" in audit
