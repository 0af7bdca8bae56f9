"""Every request that a shipped client is known to send, as it sends it, judged as that client reads the answer."""

from pathlib import Path
from typing import Any

import pytest

from tests.contract.conftest import CLUSTER, EMBEDDED, SERVICES, Backend
from tests.contract.reading import complaints
from tests.contract.replaying import CANONICAL, ENTRIES, EXPECTED, expected_code, has_options, key_of, lacking, replay
from tests.service import TEST_CODES, Service, process

_everywhere = pytest.mark.parametrize("backend", [EMBEDDED, SERVICES, CLUSTER], indirect=True, scope="module")
_VARIANTS = [
    pytest.param(entry, whole, id=key_of(entry) + ("" if whole else " (required only)"))
    for entry in ENTRIES
    for whole in ((True, False) if has_options(entry) else (True,))
]


@_everywhere
@pytest.mark.parametrize(("entry", "whole"), _VARIANTS)
async def test_the_client_understands_the_answer(entry: dict[str, Any], whole: bool, service: Service) -> None:
    answer = await replay(service, entry, whole=whole)
    assert answer.code == expected_code(entry), answer.text
    assert complaints(entry, answer) == [], answer.text
    if isinstance(CANONICAL[entry["endpoint"]].get("data"), list):
        assert answer.data, "a list without elements shows nothing"


@_everywhere
@pytest.mark.parametrize("entry", [entry for entry in ENTRIES if key_of(entry) not in EXPECTED], ids=key_of)
async def test_the_answer_has_every_field_of_the_canonical_one(entry: dict[str, Any], service: Service) -> None:
    answer = await replay(service, entry, whole=True)
    assert list(lacking(CANONICAL[entry["endpoint"]], answer.body, "")) == []


@_everywhere
async def test_the_same_over_sockets_from_the_command(backend: Backend, tmp_path: Path) -> None:
    more = {"workers": 2 if backend else 1, "test_codes": TEST_CODES, "account_limit": 0}
    async with process(tmp_path, **backend, **more) as running:
        for entry in ENTRIES:
            answer = await replay(running, entry, whole=True)
            assert answer.code == expected_code(entry), (key_of(entry), answer.text)
            assert complaints(entry, answer) == [], (key_of(entry), answer.text)
