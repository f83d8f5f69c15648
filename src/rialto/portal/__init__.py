"""Historical market data as files: trades, aggregated trades and candles by day and month, each a zip of one CSV.

Stands beside the gateway, downstream of the projections, and owns a directory of files that can be thrown away and
written anew. `publisher` writes what is missing, `job` has it do so while the exchange runs, `site` serves the files
and lists them as object storage does. Layout, columns and names are those of the public collection for spot.
"""
