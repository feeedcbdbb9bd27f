"""Pages of fees: the public list, the enterprise's own, the officers' ledger."""
