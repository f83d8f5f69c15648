"""Second factors: what a person proves beside a password, and passkeys that stand for both.

Begin with `factors.Factors`. Its tables are durable: nothing here can be rebuilt.
"""
