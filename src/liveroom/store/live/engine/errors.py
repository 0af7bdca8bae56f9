"""What the engine refuses."""


class ReplyError(Exception):
    """What Redis would answer as an error; its first word says which."""
