"""Proof of reserves: what the exchange owes, committed to in a tree that every user can check their own part of.

    ledger at one sequence number ─▶ liabilities ─▶ leaves (split) ─▶ Merkle-sum tree ─▶ publication, proofs
    chains at a stated block ─▶ addresses, signed statements ───────────────────────────▶ publication

`verifier` needs nothing but Python's own library: it can be read, copied and run by people who trust no line of the
rest. Encoding and what is weighed: docs/RESERVES.md.
"""
