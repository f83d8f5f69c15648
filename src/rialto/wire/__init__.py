"""The spellings of the Binance API: endpoint declarations, parameters, decimals, error codes, filters, enumerations.

Stands between the edge (gateway, streams) and the plain words of `contracts`. Owns no state and does no I/O: everything
here is a table or a pure function. Nothing outside `wire` and the route modules spells a word the API's way.
"""
