"""Fiat money: deposits and withdrawals over banks, by files as ISO 20022 has them.

Promises: an entry of a statement is booked once, however often its file comes; what cannot be told whose it is waits in
suspense for an operator; a withdrawal is held from the moment it is ordered, leaves the ledger when the bank says that
it was paid, and comes back once if the bank sends it back. Accounts: the owner's spot account; per bank account a
custody account of the house, which holds minus what the bank has; suspense is locked in the treasury by the entry's own
stream.
Streams: `fiat_order`, one per order or unordered entry; `bank_statement`, one per bank account, which keeps statements
in an unbroken chain; `bank_charge`, one per charge.

Invariant: what the last statement says the bank has is minus the custody account, but for entries not booked yet.
"""
