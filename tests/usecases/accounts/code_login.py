"""People who sign in by code, and a post that carries codes to a list."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from liveroom.domain.accounts.contacts import CaptchaTicket, CodeSessionId, Contact, ContactKind
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import (
    BadRequest,
    SmsFailed,
)
from liveroom.domain.tenants.model import Language, Tenant
from liveroom.usecases.accounts.contacts import CodeDelivery, Codes, ContactBindings, Proof
from liveroom.usecases.accounts.logins import CodeLogins
from liveroom.usecases.accounts.profiles import Profiles
from liveroom.usecases.accounts.sessions import Login
from tests.usecases.conftest import World

ADDRESS = "192.0.2.7"
PHONE = Contact(ContactKind.PHONE, "+8613800000000")
EMAIL = Contact(ContactKind.EMAIL, "alice@example.com")
FIXED = Contact(ContactKind.PHONE, "+8613900000000")


def phone(number: int) -> Contact:
    return Contact(ContactKind.PHONE, f"+86137{number:08}")


@dataclass
class Post:
    """Carries codes to a list, or fails; stands before a captcha that passes what is not called bad."""

    letters: list[tuple[Contact, str, Language]] = field(default_factory=list)
    asked: int = 0
    down: bool = False

    async def send(self, contact: Contact, code: str, language: Language) -> None:
        if self.down:
            raise SmsFailed
        self.letters.append((contact, code, language))

    async def check(self, ticket: CaptchaTicket) -> None:
        self.asked += 1
        if ticket.ticket == "bad":
            raise BadRequest("captcha")


@dataclass
class CodeClient:
    """Asks for codes and signs in with them."""

    world: World
    post: Post
    codes: Codes
    tenant: Tenant
    is_open: bool = True
    """Registration is."""

    @property
    def logins(self) -> CodeLogins:
        return replace(self.world.core.services.code_logins, codes=self.codes, makes_accounts=self.is_open)

    @property
    def profiles(self) -> Profiles:
        core = self.world.core
        return replace(core.services.profiles, bindings=ContactBindings(core.db, self.world.service.clock, self.codes))

    async def ask(
        self,
        contact: Contact = PHONE,
        *,
        address: str = ADDRESS,
        ticket: str = "",
        language: Language = Language.EN,
    ) -> CodeSessionId:
        return await self.codes.send(self.tenant, contact, CaptchaTicket("", ticket, "", address), language)

    async def proof(self, contact: Contact = PHONE) -> Proof:
        """Ask for a code and read it."""
        session = await self.ask(contact)
        return Proof(session, contact, self.post.letters[-1][1])

    async def enter(self, proof: Proof, *, address: str = ADDRESS, tag: str = "") -> Login:
        return await self.logins.sign_in(self.tenant, address, proof, tag)

    async def sign_in(self, contact: Contact = PHONE) -> Login:
        """Do all that a person does, a minute after the last time."""
        self.world.pass_by(61)
        return await self.enter(await self.proof(contact))

    def actor(self, login: Login) -> Actor:
        claims = self.world.core.services.sessions.read(login.token)
        return Actor(claims.user, claims.session, self.tenant)

    def at(self, tenant: Tenant) -> "CodeClient":
        return replace(self, tenant=tenant)


def make_code_client(world: World) -> CodeClient:
    """Return a client of the default tenant, with a post of its own."""
    services, post = world.core.services, Post()
    fixed: Mapping[Contact, str] = {FIXED: "246810"}
    delivery = CodeDelivery(post, {ContactKind.PHONE: post, ContactKind.EMAIL: post}, fixed)
    return CodeClient(world, post, replace(services.codes, delivery=delivery), services.tenants.default)


def wrong(proof: Proof) -> Proof:
    return proof._replace(code=f"{(int(proof.code) + 1) % 1_000_000:06}")
