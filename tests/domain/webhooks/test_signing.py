"""Secrets of webhooks and hooks: how long each of them signs."""

from datetime import UTC, datetime, timedelta
from typing import Final

from liveroom.domain.webhooks.signing import SigningSecret, fresh_secret, rotated, signed

NOW: Final = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)


def after(secrets: tuple[SigningSecret, ...], at: datetime) -> tuple[SigningSecret, ...]:
    """Return the secrets after a rotation that lets those before it sign for a day."""
    return rotated(secrets, fresh_secret(at))


def test_a_secret_that_was_replaced_is_not_prolonged_by_the_next_rotation() -> None:
    """One that has leaked would sign for as long as secrets are rotated."""
    first = (fresh_secret(NOW),)
    twice = after(after(first, NOW), NOW + HOUR)
    assert [secret.expires for secret in twice] == [None, NOW + 25 * HOUR, NOW + 24 * HOUR]


def test_a_secret_whose_time_is_over_neither_signs_nor_is_kept() -> None:
    secrets = after((fresh_secret(NOW),), NOW)
    sent = [signed(secrets, "m1", NOW + hours * HOUR, b"{}") for hours in (23, 24)]
    assert [headers["webhook-signature"].count("v1,") for headers in sent] == [2, 1]
    assert len(after(secrets, NOW + 24 * HOUR)) == 2
