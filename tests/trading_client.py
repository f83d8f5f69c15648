"""A trader with a key, who signs what a real client would send over HTTP."""

import hashlib
import hmac
import time
from typing import Any
from urllib.parse import urlencode

import httpx

from tests.demo_process import Credentials


class Refused(Exception):
    """An answer other than success."""


class Client:
    """A trader who signs."""

    def __init__(self, http: httpx.AsyncClient, credentials: Credentials) -> None:
        self._http = http
        self._credentials = credentials

    async def send(self, method: str, path: str, **parameters: object) -> Any:
        query = urlencode({**parameters, "timestamp": time.time_ns() // 1_000_000, "recvWindow": 60_000})
        signature = hmac.new(self._credentials.secret.encode(), query.encode(), hashlib.sha256).hexdigest()
        headers = {"X-MBX-APIKEY": self._credentials.key}
        response = await self._http.request(method, f"{path}?{query}&signature={signature}", headers=headers)
        if response.status_code != 200:
            raise Refused(response.status_code, response.text)
        return response.json()
