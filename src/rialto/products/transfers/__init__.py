"""Transfers: amounts moved between accounts of one owner, and within a family of master and sub-accounts.

What is promised: a transfer happens whole or not at all, has a number that is unique and grows, and is told for ever.
One that carries its client's own id happens once, however often it is asked for.

Accounts used: every kind an owner can have. Those at the receiving end are opened when they are first paid into.

Invariants: a transfer has two legs of one asset that sum to zero; both ends belong to one family; only free balances
change.
"""
