"""Reconciliation: what each chain holds, against what the ledger says it holds, without end."""
