"""The declared methods: request and reply structs, one file per module; HTTP, OpenAPI and the socket read them.

Wire words (``ownBy``, ``apaasUserId``, ``nnUsers``) appear only here. ``liveroom.api.methods`` declares them all.
"""
