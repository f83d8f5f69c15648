"""Clients that are large, or long in building, run only where their own make targets have installed them."""

import os

INSTALLED_BY = {"test_freqtrade.py": "RIALTO_TEST_FREQTRADE", "test_quickfix.py": "RIALTO_TEST_QUICKFIX"}

collect_ignore = [name for name, variable in INSTALLED_BY.items() if variable not in os.environ]
