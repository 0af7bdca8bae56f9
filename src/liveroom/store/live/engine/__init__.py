"""An engine inside the process that runs the Redis store's own scripts, on data that Lua keeps.

The service does not use it yet: it runs in the tests of the live store, beside Redis (docs/decisions/0040).
"""
