"""The table of all deliberate defects, by the part of the program that has them."""

from typing import Final

from tests.mutations.around import AROUND
from tests.mutations.defect import Defect
from tests.mutations.interfaces import INTERFACES
from tests.mutations.live_store import LIVE_STORE
from tests.mutations.rules import RULES
from tests.mutations.sql_store import SQL_STORE
from tests.mutations.use_cases import USE_CASES

DEFECTS: Final[tuple[Defect, ...]] = (*RULES, *USE_CASES, *INTERFACES, *SQL_STORE, *LIVE_STORE, *AROUND)
