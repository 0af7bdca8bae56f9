"""Host policies of categories, and how long the service waits, as the product document and LIVE.md 5 set them."""

from datetime import timedelta
from pathlib import Path

from liveroom.app.backends import presence_timeouts_of
from liveroom.domain.presence.signs import PresenceTimeouts
from liveroom.domain.rooms.model import HostPolicy, Policies
from liveroom.settings import Settings


def test_a_category_that_nobody_named_waits_for_its_owner() -> None:
    policies = Policies({"ktv": HostPolicy.HOSTS})
    assert policies.of("ktv") is HostPolicy.HOSTS
    assert policies.of("KTV") is HostPolicy.OWNER
    assert policies.of("") is HostPolicy.OWNER


def test_the_documents_four_categories_wait_for_all_hosts_by_default(tmp_path: Path) -> None:
    policies = dict(Settings(data_dir=tmp_path).host_policies)
    assert policies == dict.fromkeys(("ktv", "chorus", "voiceRoom", "chatSalon"), "hosts")


def test_the_default_settings_are_the_patience_of_the_domain(tmp_path: Path) -> None:
    timeouts = presence_timeouts_of(Settings(data_dir=tmp_path))
    assert timeouts == PresenceTimeouts()
    assert timeouts.keepalive == timedelta(seconds=90)
    assert timeouts.silent == timedelta(minutes=30)
    assert timeouts.silent_host == timedelta(hours=4)
    assert timeouts.grace == timedelta(seconds=60)
    assert timeouts.audience == timedelta(hours=6)
