"""Polls in live rooms, as a module of liveroom: a host asks, members vote, everybody sees the result grow."""

from liveroom_polls.methods import module

__all__ = ["module"]
