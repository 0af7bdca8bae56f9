"""The live store in the memory of the one process that there is. `live.MemoryLive` is the door.

Nothing here awaits between reading and writing, so every method is atomic by itself. Times are kept in whole
milliseconds, as Redis keeps them. The only thing that survives the process is what the journal saved.
"""

from liveroom.store.live.memory.live import MemoryLive as MemoryLive
