"""Distributions: airdrops, forks and rewards for holders, computed, reviewed, and paid in one go.

Promises: a plan says who gets how much before anything moves, and cannot change once it is approved (its hash is in the
journal); whoever plans does not approve; every share is paid once, wherever the process dies. Accounts: the rewards
account of the house pays, owners' spot accounts receive. Stream: `distribution`, one per distribution; each batch of
payments is one record.

Invariants: shares are rounded down, and add up to no more than the pool; a batch is paid only after the one before.
"""
