"""Payouts: every transaction of ours on a chain, from its building to its final depth, whatever it is for."""
