"""The operator's channel: actions on a running exchange, from the machine it runs on, by who owns its data.

    rialto market … ─▶ control.sock ─▶ ControlChannel ─▶ command ─▶ core

Whoever may read the data directory may do anything to the exchange already, so the channel is a socket file in there,
open to the owner alone, and asks for no password. What is asked becomes commands in the journal like anyone else's.
"""
