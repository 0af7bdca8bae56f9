"""Methods of wallets and of the ledger."""
