"""Signing: the process that holds the keys, what it demands before it signs, and how it is asked.

The application never holds a private key. It asks the signer, over a socket of the signer's own, to sign one
transaction for one purpose; the signer reads from the transaction itself what it does, and refuses what its policy does
not allow.
"""
