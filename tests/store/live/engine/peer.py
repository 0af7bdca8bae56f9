"""A Redis that is asked the same as the engine, and what both answer in a form in which they can be compared."""

import socket
from collections.abc import Sequence
from typing import Any

import hiredis

Words = tuple[bytes, ...]

UNORDERED = {b"HGETALL", b"SMEMBERS"}
SCANS = {b"HSCAN", b"SSCAN"}


class Failed(str):
    """An error that was answered."""


def as_answered(number: int) -> int:
    """Return an integer as a script answers it: one that 64 bits do not hold any more as the least that they do."""
    rounded = int(float(number))
    return rounded if -(2**63) <= rounded < 2**63 else -(2**63)


class Peer:
    """A connection on which many commands travel at once."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self._reader = hiredis.Reader()

    def ask(self, commands: Sequence[Words]) -> list[Any]:
        """Return the answers in this order, errors as ``Failed``."""
        self._socket.sendall(b"".join(hiredis.pack_command(words) for words in commands))  # type: ignore[arg-type]
        return [self._answer() for _ in commands]

    def _answer(self) -> Any:
        while (reply := self._reader.gets()) is False:
            self._reader.feed(self._socket.recv(65536))
        return Failed(reply) if isinstance(reply, hiredis.ReplyError) else reply

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


def plain(name: bytes, answer: Any) -> Any:
    """Return an answer without the order that Redis leaves open; of an error the word that says its kind.

    Of what HINCRBY answers, what a script sees: a number of Lua (what it has written is compared to the last digit).
    """
    if isinstance(answer, Failed):
        return Failed(answer.partition(" ")[0])
    if name == b"HINCRBY":
        return as_answered(answer)
    if name in SCANS:
        return answer[0], sorted(answer[1])
    return sorted(answer) if name in UNORDERED else answer
