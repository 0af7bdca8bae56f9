"""`liveroom reports`: an operator looks at what users told, and notes what came of it."""

from liveroom.app.assembly import Core
from liveroom.cli import trail
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.ids import SessionId, UserId, new_id
from liveroom.usecases.moderation.reports import Complaint
from tests.operator import Operator


def file_report(operator: Operator, reporter: UserId, target: UserId, note: str) -> str:
    async def work(core: Core) -> str:
        actor = Actor(reporter, SessionId(new_id(core.clock.now())), core.services.tenants.default)
        return await core.services.moderators.report_filing.file(actor, Complaint("spam", note, target=target))

    filed: str = operator.within(work)
    return filed


def test_open_reports_are_listed_and_those_resolved_apart(operator: Operator) -> None:
    ann, bob = operator.make_user(name="ann"), operator.make_user(name="bob")
    first, second = (file_report(operator, ann, bob, note) for note in ("sells things", "again"))
    assert [one["report"] for one in operator.json("reports", "list")] == [second, first]
    assert [one["report"] for one in operator.json("reports", "list", "--before", second)] == [first]
    assert operator.row(first, "reports", "list")[2] == f"user:{bob}"
    assert operator.run("reports", "resolve", first, "--outcome", "warned") == f"report {first} is resolved\n"
    assert [one["report"] for one in operator.json("reports", "list")] == [second]
    (resolved,) = operator.json("reports", "list", "--state", "resolved")
    assert (resolved["report"], resolved["outcome"]) == (first, "warned")


def test_a_report_is_shown_with_all_that_is_known_of_it(operator: Operator) -> None:
    ann, bob = operator.make_user(), operator.make_user()
    report = file_report(operator, ann, bob, "sells \x1b[2Jthings")
    shown = operator.run("reports", "show", report)
    assert f"reporter    {ann}\n" in shown
    assert "note        sells \N{REPLACEMENT CHARACTER}[2Jthings\n" in shown
    assert "no report 7" in operator.run("reports", "show", "7", status=2)


def test_who_resolved_a_report_stands_in_it_and_in_the_audit_and_the_first_outcome_stays(operator: Operator) -> None:
    ann, bob = operator.make_user(), operator.make_user()
    report = file_report(operator, ann, bob, "sells things")
    operator.run("reports", "resolve", report, "--outcome", "banned for a day")
    assert operator.json("reports", "show", report)["handled_by"] == trail.actor()
    entry = operator.json("audit", "--limit", "1")[0]
    assert (entry["action"], entry["subject"], entry["reason"]) == (
        "reports resolve",
        f"user:{bob}",
        "banned for a day",
    )
    said = operator.run("reports", "resolve", report, "--outcome", "nothing")
    assert "was resolved before" in said
    assert "banned for a day" in said
    assert "at most 200" in operator.run("reports", "resolve", report, "--outcome", "x" * 201, status=2)
    assert "no report 7" in operator.run("reports", "resolve", "7", status=2)
