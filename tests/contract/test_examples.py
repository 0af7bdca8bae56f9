"""The examples of the reference are true: what a service answers on an evening, to the byte, and for every method."""

import json
import os
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

import liveroom.api.examples
from liveroom.api.examples import FILE
from liveroom.api.methods import METHODS
from tests.contract import story
from tests.contract.conftest import Serving
from tests.contract.evening import Evening, StoppedClock

RECORDED: Final = Path(liveroom.api.examples.__file__).with_name(FILE)
OFFERED: Final = [method for method in METHODS.methods.values() if method.is_offered]


async def test_each_example_is_what_the_service_answers(embedded: Serving) -> None:
    async with embedded(clock=StoppedClock(), **story.SETTINGS) as service:
        evening = Evening(service)
        await story.tell(evening)
    said = json.dumps(evening.examples(), ensure_ascii=False, indent=1) + "\n"
    if "RECORD_EXAMPLES" in os.environ:
        RECORDED.write_text(said, encoding="utf-8")
    recorded, now = json.loads(RECORDED.read_text("utf-8")), json.loads(said)
    for method, example in now.items():
        assert recorded.get(method) == example, f"{method} is answered otherwise: run `make examples`"
    assert RECORDED.read_text("utf-8") == said


def test_every_method_has_its_example() -> None:
    assert sorted(json.loads(RECORDED.read_text("utf-8"))) == sorted(method.path for method in OFFERED)


@pytest.mark.parametrize("method", OFFERED, ids=lambda method: method.path)
def test_each_answer_is_of_the_declared_type(method: Any) -> None:
    answer = json.loads(RECORDED.read_text("utf-8"))[method.path]["answer"]
    if method.reply is None:
        assert "data" not in answer
    else:
        again = msgspec.json.decode(msgspec.json.encode(msgspec.convert(answer["data"], method.reply)))
        assert again == answer["data"]
