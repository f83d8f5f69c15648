"""Clients for what listens on this machine, unencrypted: they load no authorities, which takes 20 ms a client."""

import ssl
from typing import Any, Final

import httpx

NO_AUTHORITIES: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def plain_client(url: str | httpx.URL = "", **settings: Any) -> httpx.AsyncClient:
    """Return a client for one server, which waits as long as it takes on a busy machine."""
    return httpx.AsyncClient(base_url=url, verify=NO_AUTHORITIES, trust_env=False, **{"timeout": 30, **settings})
