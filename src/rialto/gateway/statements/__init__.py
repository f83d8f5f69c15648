"""Statements of account: what each account held when a period began, what moved it and why, and what it held then.

`ledger` reads it, `sums` adds it up, `routes` answers with it as JSON or has it printed as PDF: `press` asks a process
of its own, whose program is `printing`, which sets a `paper` by the template `statement.typ`.
"""
