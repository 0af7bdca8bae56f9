"""Signing and encryption keys, and what is made with them: login tokens and sealed salts.

The first key signs and seals, the others still verify and open. Keys come from the setting `secret`, or on the embedded
default from a file that the first start writes into the data folder.
"""

from liveroom.keys.ring import KeyRing, RingKey, known_keys, missing_keys, open_keys, sealing_key
from liveroom.keys.stamps import KeyedStamps
from liveroom.keys.tokens import Tokens

__all__ = ["KeyRing", "KeyedStamps", "RingKey", "Tokens", "known_keys", "missing_keys", "open_keys", "sealing_key"]
