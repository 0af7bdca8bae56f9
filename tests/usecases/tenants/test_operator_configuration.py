"""Changed configuration is noticed, kind by kind: one that cannot be read keeps no other from being read."""

import pytest

from liveroom.domain.errors import KeyMissing
from liveroom.usecases.tenants.operator_configuration import OperatorConfiguration
from tests.usecases.conftest import World


class Kind:
    """A kind that counts how often it was read; with ``failure`` it cannot be."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure
        self.read = 0

    async def reload(self) -> None:
        self.read += 1
        if self.failure is not None:
            raise self.failure


async def test_a_kind_that_cannot_be_read_keeps_no_other_back_and_is_tried_again(world: World) -> None:
    broken, whole = Kind(KeyMissing("no key opens it")), Kind()
    configuration = OperatorConfiguration(world.core.db, [broken, whole])
    with pytest.raises(KeyMissing):
        await configuration.refresh()
    assert whole.read == 1
    broken.failure = None
    await configuration.refresh()
    assert broken.read == 2
    await configuration.refresh()
    assert (broken.read, whole.read) == (2, 2)
