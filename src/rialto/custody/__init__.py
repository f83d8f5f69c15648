"""Custody: what the exchange holds on chains, how it comes in, and how it goes out.

    chain ─▶ adapter ─▶ deposits ─▶ Record (custody account ─▶ user)          ─▶ core
    user  ─▶ Record (held) ─▶ withdrawals ─▶ signer (own process) ─▶ adapter ─▶ chain

Every movement is a record in the journal, on a stream of its own; the tables here are projections of those records, and
the chain is asked what became of them.
"""
