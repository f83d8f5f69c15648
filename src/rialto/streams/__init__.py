"""WebSocket streams: what the exchange pushes to whoever listens.

`protocol` takes an upgraded connection from the HTTP server and hands it to the handler of its path. For market
streams that is a `connection`, which answers the client's requests and reads from the `hub`. The `hub` knows who reads
what and encodes each message once. The `feed` turns outcomes and timers into messages, `payloads` gives them the
documented shape. Nothing here holds state that matters: a client that reconnects misses only what it was not there for.
"""
