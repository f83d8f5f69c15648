"""The WebSocket API, `/ws-api/v3`: the endpoints of REST by their method names, and sessions beside them.

Knows texts and sessions, not sockets: `streams` carries the texts. Source: the page "Public WebSocket API".
"""
