"""The protocol in JSON: one message a line."""

from collections.abc import Sequence
from typing import Final

import msgspec

from liveroom.realtime.messages import COMMANDS_MAX, BadFrame, Command, Reply

_DECODER: Final = msgspec.json.Decoder(Command)
_ENCODER: Final = msgspec.json.Encoder()


def decode(message: bytes) -> list[Command]:
    """Return the commands of a message, at least one. Raises ``BadFrame``."""
    if message.count(b"\n") > COMMANDS_MAX:
        raise BadFrame("too many commands in one message")
    try:
        if not message.isascii():
            message.decode()
        commands = [_DECODER.decode(line) for line in message.split(b"\n") if line and not line.isspace()]
    except UnicodeDecodeError:
        raise BadFrame("not UTF-8") from None
    except (msgspec.MsgspecError, RecursionError) as problem:
        raise BadFrame(f"no command: {problem}") from None
    if not commands:
        raise BadFrame("an empty message")
    return commands


def encode(reply: Reply) -> bytes:
    """Return a reply as one line, without its end."""
    line = _ENCODER.encode(reply)
    # Data comes as it is: a line end in it stands between two tokens, where it means nothing.
    return line if b"\n" not in line else line.replace(b"\n", b"")


def join(replies: Sequence[bytes]) -> bytes:
    """Return one message of several replies."""
    return replies[0] if len(replies) == 1 else b"\n".join(replies)
