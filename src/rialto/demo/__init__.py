"""A demonstration exchange: what it is founded with, how it is founded, and the house that keeps its books alive.

Stands beside the gateway and uses only what any other part may: the runtime and identity. Nothing else depends on it;
an exchange that is not for demonstration never loads it.
"""
