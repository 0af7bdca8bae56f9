"""The live store: what is true now. Two implementations of one seam (`ports.Live`), held together by one suite.

Users and rooms live in a fixed number of buckets (`domain.ids`). A bucket that was lost, as all are when a process
with the memory store starts, is filled again from the recovery store by whoever meets it.
"""
