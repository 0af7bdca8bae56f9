"""What the Lua scripts read and write, declared once: their keys and arguments, the records, the fields of hashes.

Scripts name all of it (``KEYS.room``, ``ARGV.user``, ``entry[ENTRY.room]``); ``lua_names`` puts the positions in place
of the names when a script is loaded, so that names cost nothing when it runs.
"""
