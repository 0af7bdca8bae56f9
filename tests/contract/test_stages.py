"""Every offered method has a scene in which it succeeds; the other walks stand on that."""

from typing import Final

import pytest

from liveroom.api.declare import Method
from tests.contract.scene import set_stage
from tests.contract.stages import ADMIN, ADMIN_SCENES, OFFERED, SCENES, admin_params, name_of
from tests.service import Form, Service

IN_EACH_FORM: Final = [
    # On servers, methods and forms take turns: what a form looks like is the door's concern alone.
    pytest.param(
        method, form, id=f"{method.path}-{form}", marks=() if number % len(Form) == turn else pytest.mark.embedded
    )
    for number, method in enumerate(ADMIN)
    for turn, form in enumerate(Form)
]


def test_every_offered_method_has_a_scene() -> None:
    assert {method.path for method in OFFERED} == set(SCENES)
    assert {method.path for method in ADMIN} == set(ADMIN_SCENES)


@pytest.mark.parametrize("method", OFFERED, ids=lambda method: method.path)
async def test_the_method_succeeds_in_its_scene(method: Method, service: Service) -> None:
    scene = await SCENES[method.path](await set_stage(service))
    answer = await scene.device.call(name_of(method), scene.params)
    assert (answer.status, answer.code) == (200, 0), answer.text


@pytest.mark.parametrize(("method", "form"), IN_EACH_FORM)
async def test_the_method_succeeds_with_a_server_key(method: Method, form: Form, service: Service) -> None:
    stage, backend = await set_stage(service), await service.make_key()
    answer = await backend.call(name_of(method), await admin_params(method, stage, backend), form)
    assert (answer.status, answer.code) == (200, 0), answer.text
