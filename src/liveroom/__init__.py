"""The open-source backend of live-streaming and voice-chat apps.

Start reading at `liveroom.app`; `liveroom.domain` holds the rules and `liveroom.ports` the seams.
"""

__version__ = "0.1.0"
