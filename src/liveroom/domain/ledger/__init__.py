"""The ledger: accounts, journals, and what may be done with money. Rules."""
