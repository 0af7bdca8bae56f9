"""The durable store: one set of statements on SQLite and on MySQL or MariaDB.

``database`` is the way in, ``schema`` brings a database up to date. Each aggregate has a file of statements; what
differs between the two databases stands in ``dialect`` (how it is said) and in ``sqlite`` and ``mysql`` (how it is
run).
"""
