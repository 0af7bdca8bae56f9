"""Keys over HTTP: what an operator's server or console makes and takes away, and what nobody gives who lacks it."""

import json
from typing import Any

import pytest

from liveroom.domain.errors import BadRequest
from tests.service import Keyholder, Service


async def make(server: Keyholder, *scopes: str) -> Any:
    """Ask for a key with these scopes; return the answer."""
    return await server.call("admin/create_server_key", {"name": "bot", "scopes": list(scopes)})


@pytest.mark.parametrize(
    ("own", "granted", "lacking"),
    [
        (("admin:keys", "admin:rooms"), ("admin:rooms",), ""),
        (("admin:keys", "admin:rooms"), ("admin:rooms", "admin:reports"), "reports.handle, reports.view"),
        (("admin:keys", "act:*"), ("act:rooms",), "tokens.issue"),
        (("admin:keys", "admin:tokens"), ("act:rooms", "act:*"), ""),
        (("admin:keys",), ("admin:*",), "rooms.manage"),
        (("admin:*",), ("*",), ""),
        (("*",), ("admin:tenants",), "tenants.manage, tenants.view"),
        (("admin:*", "admin:tenants"), ("admin:tenants", "act:*"), ""),
        (("admin:*", "admin:tenants"), ("admin:settings",), "settings.view"),
    ],
)
async def test_nobody_gives_a_key_scopes_whose_permissions_they_lack(
    own: tuple[str, ...], granted: tuple[str, ...], lacking: str, service: Service
) -> None:
    made = await make(await service.make_key("", *own), *granted)
    if lacking:
        assert made.code == 3000
        assert lacking in made.body["errorMessage"], made.text
        return
    (fresh,) = [key for key in service.services.server_keys.all() if key.id == made.data["keyId"]]
    assert fresh.scopes == {*granted}
    assert made.data["secret"].startswith(f"lrk_{fresh.id}_")


async def test_what_is_about_all_tenants_takes_a_key_of_the_default_tenant_that_names_it(service: Service) -> None:
    await service.make_tenant("shop")
    for tenant, scope in (("", "*"), ("", "admin:*"), ("shop", "*")):
        refused = await (await service.make_key(tenant, scope)).call("admin/list_tenants")
        assert refused.code == 3000
        assert "admin:tenants" in refused.body["errorMessage"]
    assert (await (await service.make_key("", "admin:tenants")).call("admin/list_tenants")).code == 0
    with pytest.raises(BadRequest, match="only for keys of the default tenant"):
        await service.make_key("shop", "admin:tenants")
    refused = await make(await service.make_key("shop"), "admin:tenants")
    assert refused.code == 3000


async def test_keys_are_made_listed_and_taken_away_and_no_secret_is_in_list_or_audit(service: Service) -> None:
    server = await service.make_key()
    key = (await make(server, "act:rooms")).data
    app_key = (await server.call("admin/create_app_key", {"name": "bot"})).data
    login = (await server.call("admin/create_login_secret", {"tag": "made"})).data
    own = (await server.call("admin/create_login_secret", {"tag": "own", "secret": "o" * 40})).data
    assert own["secret"] == ""
    texts = []
    for kind, id in (("server_key", "keyId"), ("app_key", "appKeyId"), ("login_secret", "loginSecretId")):
        listed = await server.call(f"admin/list_{kind}s")
        texts.append(listed.text)
        assert {key.get(id), app_key.get(id), login.get(id)} & {row[id] for row in listed.data}
    assert (await server.call("admin/require_signatures", {"modules": "messages,seats"})).code == 0
    assert (await server.call("admin/signing_rule")).data == {"modules": "messages, seats"}
    assert (await server.call("admin/require_signatures", {"modules": "nothing"})).code == 98
    last = await server.call("admin/delete_app_key", {"appKeyId": app_key["appKeyId"]})
    assert "the last app key" in last.body["errorMessage"]
    assert (await server.call("admin/require_signatures", {"modules": "none"})).code == 0
    assert (await server.call("admin/delete_app_key", {"appKeyId": app_key["appKeyId"]})).code == 0
    for one in (login, own):
        assert (await server.call("admin/delete_login_secret", {"loginSecretId": one["loginSecretId"]})).code == 0
    revoked = (await server.call("admin/revoke_server_key", {"keyId": key["keyId"]})).data
    assert revoked["state"] == "revoked"
    assert (await Keyholder(service, key["secret"]).call("admin/audit")).code == 204
    await service.services.audit.flush()
    rows = (await server.call("admin/audit", {"limit": 100})).data
    said = json.dumps(rows) + "".join(texts)
    assert not [one for one in (key, app_key, login) if one["secret"] in said]
    assert "o" * 40 not in said
    made = next(row for row in rows if row["action"].endswith("create_server_key"))
    assert made["after"] == {"keyId": key["keyId"], "name": "bot", "scopes": ["act:rooms"], "expires": ""}
    signed = next(row for row in rows if row["action"].endswith("require_signatures"))
    assert (signed["before"], signed["after"]) == ({"signed": "messages, seats"}, {"signed": "none"})


async def test_another_tenants_keys_do_not_exist(service: Service) -> None:
    await service.make_tenant("cinema")
    stranger, server = await service.make_key("cinema"), await service.make_key()
    key = (await make(server, "act:rooms")).data["keyId"]
    app_key = (await server.call("admin/create_app_key", {"name": "bot"})).data["appKeyId"]
    secret = (await server.call("admin/create_login_secret", {"tag": "theirs"})).data["loginSecretId"]
    for method, params in (
        ("revoke_server_key", {"keyId": key}),
        ("delete_app_key", {"appKeyId": app_key}),
        ("delete_login_secret", {"loginSecretId": secret}),
    ):
        assert (await stranger.call(f"admin/{method}", params)).code == 98
    assert [row["keyId"] for row in (await stranger.call("admin/list_server_keys")).data] == [stranger.key[4:20]]
    assert (await stranger.call("admin/list_app_keys")).data == []
    assert (await stranger.call("admin/list_login_secrets")).data == []
    for method, params in (
        ("delete_app_key", {"appKeyId": app_key}),
        ("delete_login_secret", {"loginSecretId": secret}),
    ):
        assert (await server.call(f"admin/{method}", params)).code == 0
