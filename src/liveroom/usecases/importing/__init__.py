"""Importing the database of the original service, as often as one likes, while it still runs.

Users first, then the usernames that lead to them, then the rooms. Each batch is one transaction with the note of what
was imported, so that the next run goes on where one died. What the original changed since is imported again, unless
it was changed here too: what happened here stands.
"""
