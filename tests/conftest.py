"""What every test shares: reproducible property tests that are never judged by the clock."""

from hypothesis import settings

settings.register_profile("rialto", deadline=None, print_blob=True)
settings.load_profile("rialto")

pytest_plugins = ("tests.databases", "tests.nats_server")
