"""The company's OpenID Connect provider: where browsers are sent, and who has come back (authorization code, PKCE).

What the provider says of itself, and its keys, are kept for a while; a token that is signed with a key unknown so far
has the keys read anew. Only signatures by public keys count.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

import httpx
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from liveroom.domain.errors import ProviderNonsense, ProviderUnavailable
from liveroom.domain.operators.company import CompanyIdentity
from liveroom.ports import Clock
from liveroom.providers.outgoing import exchange, no_cookies, object_in, open_client

_ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519")
_KEPT: Final = timedelta(hours=1)
_BETWEEN_LOOKS: Final = timedelta(seconds=30)
"""Between two readings of the keys for tokens of unknown ones."""
_SECONDS: Final = 5.0
_LONGEST: Final = 512 * 1024
_LEEWAY: Final = 60
_TEXT_MAX: Final = 200
_GROUPS_MAX: Final = 1000


@dataclass(frozen=True, slots=True)
class OpenIdClient:
    """What the provider knows the console by."""

    issuer: str
    id: str
    secret: str = field(repr=False)
    callback: str
    scope: str
    groups_claim: str


@dataclass(frozen=True, slots=True)
class _Known:
    """What the provider has said of itself."""

    endpoints: Mapping[str, Any]
    keys: KeySet
    at: datetime


class OpenIdProvider:
    """``ports.CompanyProvider``."""

    def __init__(self, client: OpenIdClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._http = open_client("OpenID", timeout=_SECONDS, trust_env=False, cookies=no_cookies())
        self._known: _Known | None = None

    async def close(self) -> None:
        """Hang up."""
        await self._http.aclose()

    async def address(self, state: str, nonce: str, verifier: str, *, fresh: bool) -> str:
        """Return where the browser is sent."""
        known, client = await self._look(), self._client
        asked = {
            "response_type": "code",
            "client_id": client.id,
            "redirect_uri": client.callback,
            "scope": client.scope,
            "state": state,
            "nonce": nonce,
            "code_challenge": create_s256_code_challenge(verifier),
            "code_challenge_method": "S256",
            **({"prompt": "login", "max_age": "0"} if fresh else {}),
        }
        endpoint = _address_of(known.endpoints, "authorization_endpoint")
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"

    async def identity(self, code: str, verifier: str, nonce: str, *, fresh: bool) -> CompanyIdentity:
        """Return who has come back with a code."""
        known, client = await self._look(), self._client
        given = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": client.callback,
            "code_verifier": verifier,
        }
        by_form = known.endpoints.get("token_endpoint_auth_methods_supported") == ["client_secret_post"]
        if by_form:
            given |= {"client_id": client.id, "client_secret": client.secret}
        auth = None if by_form else httpx.BasicAuth(client.id, client.secret)
        answer = await self._ask("POST", _address_of(known.endpoints, "token_endpoint"), auth=auth, data=given)
        token, access = answer.get("id_token"), answer.get("access_token")
        if not isinstance(token, str) or not isinstance(access, str):
            raise ProviderNonsense("the OpenID provider answered without an ID token")
        claims = await self._read(token, nonce, access, fresh=fresh)
        return await self._identity(known, claims, access)

    async def _identity(self, known: _Known, claims: Mapping[str, Any], access: str) -> CompanyIdentity:
        """Return the identity; what the ID token leaves out, such as groups, is asked of the provider."""
        client, more = self._client, dict(claims)
        if client.groups_claim not in claims and "userinfo_endpoint" in known.endpoints:
            endpoint = _address_of(known.endpoints, "userinfo_endpoint")
            told = await self._ask("GET", endpoint, headers={"authorization": f"Bearer {access}"})
            if told.get("sub") != claims["sub"]:
                raise ProviderNonsense("the OpenID provider told of somebody else")
            more = {**told, **claims}
        groups = more.get(client.groups_claim)
        groups = [groups] if isinstance(groups, str) else groups if isinstance(groups, list) else []
        at = claims.get("auth_time")
        return CompanyIdentity(
            issuer=client.issuer,
            subject=str(claims["sub"])[:_TEXT_MAX],
            name=_text(more, "preferred_username") or _text(more, "email"),
            display_name=_text(more, "name"),
            groups=frozenset(one for one in groups[:_GROUPS_MAX] if isinstance(one, str)),
            authenticated=datetime.fromtimestamp(at, UTC) if isinstance(at, int | float) else None,
        )

    async def _read(self, token: str, nonce: str, access: str, *, fresh: bool) -> Mapping[str, Any]:
        known = await self._look()
        try:
            return read_id_token(token, known.keys, self._client, nonce, access, fresh=fresh)
        except ProviderNonsense:
            if self._clock.now() - known.at < _BETWEEN_LOOKS:
                raise
            self._known = None
        return read_id_token(token, (await self._look()).keys, self._client, nonce, access, fresh=fresh)

    async def _look(self) -> _Known:
        """Return what the provider has said of itself, asking again after a while."""
        now = self._clock.now()
        if self._known is not None and now - self._known.at < _KEPT:
            return self._known
        issuer = self._client.issuer
        endpoints = await self._ask("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if endpoints.get("issuer") != issuer:
            raise ProviderNonsense(f"LIVEROOM_OIDC_ISSUER is {issuer}, but the provider calls itself otherwise")
        keys = await self._ask("GET", _address_of(endpoints, "jwks_uri"))
        try:
            self._known = _Known(endpoints, KeySet.import_key_set(keys), now)  # type: ignore[arg-type]
        except (JoseError, ValueError, KeyError, TypeError) as problem:
            raise ProviderNonsense("the OpenID provider's keys cannot be read") from problem
        return self._known

    async def _ask(self, method: str, url: str, **sent: Any) -> Mapping[str, Any]:
        """Return a JSON object; the message of a failure has nothing of what was sent."""
        try:
            status, body = await exchange(self._http, _SECONDS, _LONGEST, method, url, **sent)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as failure:
            raise ProviderUnavailable("the OpenID provider does not answer") from failure
        found = object_in(body)
        if found is None or status >= 400:
            raise ProviderNonsense(f"the OpenID provider refuses, or answers nonsense (HTTP {status})")
        return found


def read_id_token(
    token: str, keys: KeySet, client: OpenIdClient, nonce: str, access: str, *, fresh: bool = False
) -> Mapping[str, Any]:
    """Return what an ID token says that is signed by the provider, for this client and this sign-in.

    ``access`` is the access token that came with it. Raises ``ProviderNonsense``.
    """
    try:
        found = jwt.decode(token, keys, algorithms=list(_ALGORITHMS))
        claims = CodeIDToken(
            found.claims,
            found.header,
            {
                "iss": {"essential": True, "value": client.issuer},
                "aud": {"essential": True, "value": client.id},
                "sub": {"essential": True},
                "exp": {"essential": True},
                "nonce": {"essential": True, "value": nonce},
            },
            {"nonce": nonce, "client_id": client.id, "access_token": access, "max_age": 1 if fresh else 0},
        )
        claims.validate(leeway=_LEEWAY)
        read: Mapping[str, Any] = claims
    except (JoseError, ValueError, TypeError) as problem:
        raise ProviderNonsense(f"the OpenID provider's ID token is not good: {type(problem).__name__}") from problem
    return read


def _text(claims: Mapping[str, Any], name: str) -> str:
    found = claims.get(name)
    return found[:_TEXT_MAX] if isinstance(found, str) and found.isprintable() else ""


def _address_of(endpoints: Mapping[str, Any], name: str) -> str:
    found = endpoints.get(name)
    if not isinstance(found, str) or not found.startswith(("https://", "http://")):
        raise ProviderNonsense(f"the OpenID provider has no {name}")
    return found
