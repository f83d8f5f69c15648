"""How an account stands: its key's permissions, its switches, and whether it may trade over the API.

Whoever sends many orders that do not trade is shut out from placing more for a while: `ratios` counts, `locks`
remembers, `job` looks every half minute. Cancels are never refused, and people in a browser are not held back.
"""
