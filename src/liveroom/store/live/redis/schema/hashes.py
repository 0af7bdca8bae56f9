"""The fields of hashes in Redis: letters, so that they take little room."""

from typing import Final

FACTS: Final = {
    "epoch": "e",
    "run_id": "r",
    "swept": "s",
    "held_until": "h",
    "looked": "l",
    "spared_until": "f",
}
"""What is known of a bucket: ``run_id`` of the server process that it was verified on; when it was ``swept`` last;
nothing of users expires before ``held_until``; when lapsed subscriptions were ``looked`` for, none of which counts
before ``spared_until``.
"""

ROOM: Final = {
    "fixed": "f",
    "card": "c",
    "version": "v",
    "hidden": "x",
    "last_order": "n",
    "closing": "p",
    "log": "l",
    "heard": "h",
    "options": "o",
    "likes": "z",
    "liking": "y",
    "heat": "w",
    "talk": "t",
    "seat_map": "q",
    "metadata": "d",
    "announced": "a",
    "gifts": "g",
    "presents": "b",
    "battle": "e",
    "tallies": "u",
}
"""A room.

``hidden``: since when, if it is; ``last_order``: of the member who joined last; ``closing``: it is being closed;
``heard``: until when somebody may listen; ``gifts``: what was sent, and ``presents``: what of it waits;
``battle``: what is counted and told of its battle (``BATTLE``); ``tallies``: of its activities (``TALLY``);
``heat``: when it is down to one, in ms; ``options`` and ``seat_map`` are not there while all is as ever. Beside these,
``s:<user>`` is what was arranged for a user (``ACCESS``).
"""

LIST: Final = {"epoch": "e", "run_id": "r", "rev": "v", "generation": "g", "moves": "m", "placed": "p"}
"""What is known of a tenant's list. ``generation`` counts how often it was lost, ``moves`` what only ranks show;
``placed``: all of it is ranked by what is counted.
"""

CHANNEL: Final = {
    "epoch": "e",
    "list_epoch": "l",
    "offset": "o",
    "rev": "v",
    "published": "t",
    "who": "w",
    "claimed_until": "c",
}
"""The channel of a category. ``rev``: of the list that it published last. ``who``: the process that produces it."""

COMPARING: Final = {"who": "w", "claimed_until": "u", "doubt": "d"}
"""Who compares the index with members, until when, and when they came into doubt last."""

HASHES: Final = {"FACTS": FACTS, "ROOM": ROOM, "LIST": LIST, "CHANNEL": CHANNEL, "COMPARING": COMPARING}
