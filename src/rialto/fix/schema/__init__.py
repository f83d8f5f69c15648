"""The dictionaries of the FIX API, as its documentation publishes them for QuickFIX."""
