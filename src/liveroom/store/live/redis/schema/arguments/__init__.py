"""The arguments of scripts that take more than one, by name: no argument can stand in another's place.

Each class declares a script's own arguments in their order. Lua calls them by the same names (``ARGV.user``), and
Python gives them by name. What guards and modules need besides is added to them (``scripts.USED``). What they mean says
the head of each script.
"""
