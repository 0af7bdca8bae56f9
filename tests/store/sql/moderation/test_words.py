"""Lists of words: all of every tenant, whatever their number."""

from datetime import UTC, datetime

import pytest

from liveroom.domain.ids import TenantName
from liveroom.domain.messages.words import ListedWord, read_word
from liveroom.store.sql.database import SqlDatabase

NOW = datetime(2026, 11, 30, tzinfo=UTC)


@pytest.mark.parametrize("number", [999, 1000, 1001])
async def test_all_words_of_all_tenants_are_read_in_pages(database: SqlDatabase, number: int) -> None:
    words = [f"w{one:04}" for one in range(number)]
    for tenant, some in (("", words), ("other", ["坏话"])):
        listed = [ListedWord(read_word(word), word, "key:a", NOW) for word in some]
        await database.words.put(TenantName(tenant), listed)
    assert [(tenant, one.written) for tenant, one in await database.words.all()] == [
        *(("", word) for word in words),
        ("other", "坏话"),
    ]
