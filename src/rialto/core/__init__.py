"""The façade of the compiled core: the embedded runtime, the market views, the catalogue and the journal's reader.

Stands between the core and everything in Python. The only package that imports `rialto_core`; everything else speaks in
the types of `contracts`.
"""
