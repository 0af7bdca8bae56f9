"""The ledger: accounts, journals, dues and lots."""
