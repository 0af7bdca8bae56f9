"""Moving in: taking over the database of the original service, as often as one likes, while it still runs.

Users first, then the usernames that lead to them, then the rooms. Each batch is one transaction with the note of what
was taken, so that a run that dies is taken up by the next one. What the original changed since is taken again, unless
it was changed here too: what happened here stands.
"""

from liveroom.usecases.importing.report import Report
from liveroom.usecases.importing.run import MoveIn

__all__ = ["MoveIn", "Report"]
