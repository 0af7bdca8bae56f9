"""The live store on Redis 7 or newer: one server, Sentinel or Cluster. `live.RedisLive` is the entrance.

What is atomic is a Lua script (``lua/``) on the keys of one bucket (``keys``). What Redis lost comes back from the
recovery store (``restoring``). docs/decisions/0003 says where this differs from LIVE.md, and what that keeps.
"""

from liveroom.store.live.redis.live import RedisLive as RedisLive
from liveroom.store.live.redis.live import RedisUnfit as RedisUnfit
