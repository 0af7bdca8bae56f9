"""Words that operators add to their tenant's list: in force at once, for their tenant alone, beside the file."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.contract.conftest import Backend
from tests.contract.scene import set_stage
from tests.service import Service, serving


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service(backend: Backend, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    """Yield a service whose operator has a file of words too."""
    folder = tmp_path_factory.mktemp("service")
    (folder / "words.txt").write_text("filed\n", "utf-8")
    async with serving(folder, blocked_words=str(folder / "words.txt"), account_limit=0, **backend) as running:
        yield running


async def test_words_count_from_when_they_are_added_until_they_are_removed(service: Service) -> None:
    stage, backend = await set_stage(service), await service.make_key()

    async def say(text: str) -> tuple[int, str]:
        said = await stage.guest.call("messages/send", {"roomId": stage.room, "text": text})
        return said.code, said.body["data"].get("text", "")

    assert await say("buy snake-oil") == (0, "buy snake-oil")
    added = await backend.call("admin/add_words", {"words": ["snake oil", "~加群", "snakeoil"]})
    assert [(row["word"], row["masked"]) for row in added.data] == [("snakeoil", False), ("~加群", True)]
    assert (await say("buy snake-oil"))[0] == 3010
    assert await say("快加群吧") == (0, "快**吧")
    assert (await say("this is filed"))[0] == 3010
    listed = (await backend.call("admin/list_words", {"limit": 1})).body
    assert [row["word"] for row in listed["data"]] == ["snakeoil"]
    following = await backend.call("admin/list_words", {"cursor": listed["nextCursor"]})
    assert [row["word"] for row in following.data] == ["~加群"]
    assert (await backend.call("admin/remove_words", {"words": ["SNAKE OIL", "nothing"]})).data == {"removed": 1}
    assert await say("buy snake-oil") == (0, "buy snake-oil")
    await backend.call("admin/remove_words", {"words": ["加群"]})
    assert (await backend.call("admin/list_words")).data == []


async def test_a_list_is_of_its_tenant_alone_and_shown_to_whoever_tries_it(service: Service) -> None:
    await service.make_tenant("words")
    ours, theirs = await service.make_key("words"), await service.make_key()
    assert (await ours.call("admin/add_words", {"words": ["~secret"]})).code == 0
    tried = (await ours.call("admin/test_words", {"text": "a secret"})).data
    assert tried == {
        "allowed": True,
        "shown": "a ******",
        "found": [{"word": "secret", "masked": True, "source": "list"}],
    }
    refused = (await ours.call("admin/test_words", {"text": "a filed secret"})).data
    assert (refused["allowed"], refused["shown"]) == (False, "")
    assert [one["source"] for one in refused["found"]] == ["file", "list"]
    assert (await theirs.call("admin/test_words", {"text": "a secret"})).data["found"] == []


async def test_another_process_hears_of_a_word_by_the_version_that_it_polls(service: Service) -> None:
    backend, screening = await service.make_key(), service.core.services.moderators.screening
    await service.core.jobs.configuration.refresh()
    await backend.call("admin/add_words", {"words": ["polled"]})
    screening.listed._words, screening.listed._searches = {}, {}
    await service.core.jobs.configuration.refresh()
    assert (await backend.call("admin/test_words", {"text": "polled"})).data["allowed"] is False
    await backend.call("admin/remove_words", {"words": ["polled"]})


@pytest.mark.parametrize("word", ["---", "#", "\u200b"])
async def test_what_holds_no_letter_is_no_word(service: Service, word: str) -> None:
    backend = await service.make_key()
    assert (await backend.call("admin/add_words", {"words": ["fine", word]})).code == 2002
    assert (await backend.call("admin/list_words")).data == []
