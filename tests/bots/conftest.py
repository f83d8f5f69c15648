"""Bot frameworks need hundreds of packages: what is here runs only where `make bot` has installed them."""

import os

if "RIALTO_TEST_FREQTRADE" not in os.environ:
    collect_ignore_glob = ["test_*.py"]
