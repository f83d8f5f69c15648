"""Deposit addresses: one for each owner and network, from keys that can only watch; and which assets there are."""
