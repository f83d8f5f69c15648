"""The calls about sub-accounts: their making, keys, money, and what their master and their investor see."""
