"""Which modules there are: what is broken, clashes or does not exist stops the start with a sentence."""

from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from liveroom.api.methods import METHODS
from liveroom.app.modules import find_modules
from liveroom.modules import Module
from liveroom.modules.declaring import DeclaredWrongly
from liveroom.modules.installed import GROUP
from liveroom.settings import Settings, SettingsError
from tests.modules import broken
from tests.service import serving

QUIZZES = EntryPoint("quizzes", "tests.modules.quizzes:module", GROUP)


def entry(name: str, value: str) -> EntryPoint:
    return EntryPoint(name, f"tests.modules.{value}", GROUP)


def problem_of(*entries: EntryPoint, modules: tuple[str, ...] = ("all",)) -> str:
    with pytest.raises(SettingsError) as stopped:
        find_modules(Settings(modules=modules), entries)
    (sentence,) = stopped.value.problems
    return sentence


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (entry("gone", "nowhere:module"), "ModuleNotFoundError: No module named 'tests.modules.nowhere'"),
        (entry("gone", "broken:nothing"), "has no attribute 'nothing'"),
        (entry("text", "broken:text"), "is no liveroom.modules.Module"),
        (entry("another", "broken:otherwise"), "calls itself 'otherwise', its entry point 'another'"),
        (entry("user", "broken:user"), "the name is liveroom's own"),
        (entry("tokens", "broken:tokens"), "the name is liveroom's own"),
        (entry("murky", "broken:murky"), "cannot be described"),
        (entry("misnamed", "broken:misnamed"), "a struct RoomNews, which is the name of one of liveroom's own"),
    ],
    ids=lambda value: value.name if isinstance(value, EntryPoint) else "",
)
def test_a_broken_module_stops_the_start_with_a_sentence_that_names_it(broken: EntryPoint, says: str) -> None:
    sentence = problem_of(QUIZZES, broken)
    assert says in sentence
    assert f"the module {broken.name} of the package {broken.value}" in sentence
    assert f"LIVEROOM_MODULES=all,-{broken.name}" in sentence


def test_one_that_takes_the_name_of_ours_is_not_to_be_left_out_together_with_ours() -> None:
    sentence = problem_of(QUIZZES, entry("rooms", "broken:rooms"))
    assert "the name is liveroom's own; give it another, or uninstall the package" in sentence
    assert "LIVEROOM_MODULES" not in sentence


def test_a_broken_module_that_is_switched_off_stops_nobody() -> None:
    modules = find_modules(Settings(modules=("all", "-gone")), [QUIZZES, entry("gone", "nowhere:module")])
    assert [one.name for one in modules.at_work] == ["quizzes"]


def test_of_two_packages_that_bring_the_same_module_none_is_chosen() -> None:
    twins = EntryPoint("twins", "tests.modules.broken:twins", GROUP)
    assert "brings a module of that name too" in problem_of(twins, twins)


@pytest.mark.parametrize("says", broken.WRONGS)
def test_what_cannot_be_is_refused_where_it_is_declared(says: str) -> None:
    with pytest.raises(DeclaredWrongly, match=says):
        broken.WRONGS[says](Module("any"))


@pytest.mark.parametrize(
    ("named", "says"),
    [
        (("all", "-presense"), "'presense', and there is no such module: do you mean presence?"),
        (("room",), "do you mean rooms?"),
        (("all", "-quizes"), "do you mean quizzes?"),
        (("xyz",), "there are activities, admin, agencies, auth_users, "),
    ],
)
def test_a_name_that_no_module_has_is_told_with_the_nearest(named: tuple[str, ...], says: str) -> None:
    assert says in problem_of(QUIZZES, modules=named)


def test_a_list_offers_those_that_it_names_and_no_others() -> None:
    modules = find_modules(Settings(modules=("rooms", "quizzes")), [QUIZZES])
    assert modules.offered == {"rooms", "quizzes"}
    assert not METHODS.modules & {"quizzes"}, "our own registry knows nothing of it"


@pytest.mark.parametrize("module", sorted(METHODS.modules))
async def test_each_of_our_own_is_switched_off_by_name(tmp_path: Path, module: str) -> None:
    paths = [path for path, method in METHODS.methods.items() if module in (method.module, method.needs)]
    async with serving(tmp_path, modules=f"all,-{module}") as service:
        for path in paths:
            answer = await service.call(f"/{path}")
            assert (answer.status, answer.code) == (200, 3008), path
        document = (await service.send("GET", "/openapi.json")).body
        page = (await service.send("GET", "/reference")).text
    assert not {f"/{path}" for path in paths} & set(document["paths"])
    assert not any(f"<code>/{path}</code>" in page for path in paths)
