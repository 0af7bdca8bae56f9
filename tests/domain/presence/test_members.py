"""Roles: what a client's text asks for, and what it gets; the whole table."""

import itertools

import pytest

from liveroom.domain.presence.members import Role, granted_role, wanted_role
from liveroom.domain.rooms.model import HostPolicy

O, A, V = Role.OWNER, Role.ANCHOR, Role.AUDIENCE  # noqa: E741 - the table below is read as a picture


@pytest.mark.parametrize(
    ("text", "wanted", "label"),
    [
        (None, None, ""),
        ("", None, ""),
        ("owner", O, ""),
        ("Anchor", A, ""),
        ("AUDIENCE", V, ""),
        ("guest", V, "guest"),
        ("管理员", V, "管理员"),
        (" anchor", V, " anchor"),
        ("anchor\n", V, "anchor\n"),
        ("admin", V, "admin"),
        ("20", V, "20"),
        ("Role.OWNER", V, "Role.OWNER"),
    ],
)
def test_three_words_are_roles_and_all_other_text_is_a_label_beside_audience(
    text: str | None, wanted: Role | None, label: str
) -> None:
    assert wanted_role(text) == (wanted, label)


# owns, admin, policy, anyone_hosts: what (nothing, owner, anchor, audience) get
TABLE = {
    (True, False, "owner", False): (A, O, A, V),
    (True, False, "owner", True): (A, O, A, V),
    (True, False, "hosts", False): (A, O, A, V),
    (True, False, "hosts", True): (A, O, A, V),
    (True, True, "owner", False): (A, O, A, V),
    (True, True, "owner", True): (A, O, A, V),
    (True, True, "hosts", False): (A, O, A, V),
    (True, True, "hosts", True): (A, O, A, V),
    (False, True, "owner", False): (V, A, A, V),
    (False, True, "owner", True): (V, A, A, V),
    (False, True, "hosts", False): (V, A, A, V),
    (False, True, "hosts", True): (V, A, A, V),
    (False, False, "owner", False): (V, V, V, V),
    (False, False, "owner", True): (V, V, V, V),
    (False, False, "hosts", False): (V, V, V, V),
    (False, False, "hosts", True): (V, A, A, V),
}


def test_the_table_of_roles_is_total() -> None:
    assert set(TABLE) == set(itertools.product((True, False), (True, False), HostPolicy, (True, False)))


@pytest.mark.parametrize(("access", "granted"), TABLE.items())
def test_a_role_is_granted_by_standing(
    access: tuple[bool, bool, str, bool], granted: tuple[Role, Role, Role, Role]
) -> None:
    owns, admin, policy, anyone = access
    assert granted == tuple(
        granted_role(wanted, owns=owns, admin=admin, appointed=None, policy=HostPolicy(policy), anyone_hosts=anyone)
        for wanted in (None, O, A, V)
    )


def test_nobody_but_the_owner_is_ever_owner() -> None:
    for wanted, (access, _) in itertools.product((None, *Role), TABLE.items()):
        owns, admin, policy, anyone = access
        role = granted_role(
            wanted, owns=owns, admin=admin, appointed=None, policy=HostPolicy(policy), anyone_hosts=anyone
        )
        assert owns or role is not Role.OWNER


@pytest.mark.parametrize("wanted", [None, O, A])
def test_whom_the_owner_has_appointed_anchor_comes_as_one(wanted: Role | None) -> None:
    kept = granted_role(wanted, owns=False, admin=False, appointed=A, policy=HostPolicy.OWNER, anyone_hosts=False)
    assert kept is A


@pytest.mark.parametrize("wanted", [None, O, A, V])
def test_a_moderator_is_no_host_by_that(wanted: Role | None) -> None:
    kept = granted_role(
        wanted, owns=False, admin=False, appointed=Role.MODERATOR, policy=HostPolicy.OWNER, anyone_hosts=False
    )
    assert kept is V


@pytest.mark.parametrize("text", ["moderator", "speaker"])
def test_nobody_comes_as_what_others_make_them(text: str) -> None:
    assert wanted_role(text) == (V, "")


@pytest.mark.parametrize(("role", "is_host"), [(O, True), (A, True), (V, False)])
def test_owner_and_anchor_count_as_hosts(role: Role, is_host: bool) -> None:
    assert role.is_host is is_host
