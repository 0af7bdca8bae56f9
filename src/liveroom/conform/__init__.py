"""`liveroom conform`: plays shipped apps against a service, and says which app would break where.

What each app sends, reads and cannot take is data: a file an app in `apps/`, and what their decoders accept in
`decoders.toml`. The sources are named there.
"""
