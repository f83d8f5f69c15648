"""The FIX API: the FIX 4.4 dialect of the spot API for entering orders, drop copies and market data.

    socket ─▶ connection ─▶ framing ─▶ session (log on, sequence, heartbeats) ─▶ validation (dictionary)
                                          │
                                          ├─▶ order entry ─▶ the gateway's performer and handlers
                                          ├─▶ drop copy   ◀─ reports of the account
                                          └─▶ market data ◀─ what the core states, and the market views

A transport over what is there already: requests become the parameters that REST reads, reports are those of the user
data streams. Messages are checked and written by the two dictionaries in `schema`, the API's own, and by nothing else.
Encryption is left to whoever terminates TLS in front, as for HTTP. Source: the page "FIX API".
"""
