"""Dust: balances too small to trade, exchanged for one asset with the house.

Promises: a request is one record, so all of it happens or nothing; values are those of the newest trades at the moment
of the request, rounded down; what the house takes and gives balances per asset. Accounts: the owner's spot or cross
margin account, the treasury (gives the target asset, takes the dust) and the fees. Stream: `dust`, one per owner, whose
version keeps two requests at once apart.

Invariants: nothing above the threshold is dust; one request a period; a request with a client's id happens once.
"""
