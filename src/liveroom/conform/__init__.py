"""`liveroom conform`: plays shipped apps against a service, and says which app would break where.

What each app sends, reads and cannot take is data: a file an app in `apps/`, and what their decoders accept in
`decoders.toml`. Their sources are sections of CLIENTS.md, the study of these apps on which the API was built; it is not
part of the repository, and what it found of an app is all in the app's file.
"""
