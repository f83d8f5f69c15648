"""A browser, as far as accounts are concerned: keeps cookies, sends the session's token, reads the local mailbox."""

import re
from typing import Any, Self

import httpx

from rialto import bootstrap  # noqa: F401 - the whole exchange is wired before anything else of it is imported
from tests.plain_http import plain_client

PASSWORD = "seven Quiet lanterns"
CLIENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


class Browser:
    """One browser of one person."""

    def __init__(self, url: str, client: str = CLIENT) -> None:
        self.http = plain_client(url, headers={"user-agent": client})
        self.csrf = ""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()

    async def send(self, method: str, path: str, **parameters: Any) -> httpx.Response:
        """Send a request to `/account/v1` as a page would."""
        full = path if path.startswith("/") else f"/account/v1/{path}"
        if method == "GET":
            return await self.http.get(full, params=parameters)
        headers = {"x-csrf-token": self.csrf} if self.csrf else {}
        return await self.http.request(method, full, data=parameters, headers=headers)

    async def get(self, path: str, **parameters: Any) -> Any:
        """Read something; it must be there."""
        response = await self.send("GET", path, **parameters)
        assert response.status_code == 200, response.text
        return response.json()

    async def post(self, path: str, **parameters: Any) -> Any:
        """Do something; it must succeed."""
        response = await self.send("POST", path, **parameters)
        assert response.status_code == 200, response.text
        answer = response.json()
        session = answer if "csrfToken" in answer else answer.get("session") or {}
        self.csrf = session.get("csrfToken", self.csrf)
        return answer

    async def refused(self, method: str, path: str, **parameters: Any) -> tuple[int, int]:
        """Try something; it must be refused. Return status and code."""
        response = await self.send(method, path, **parameters)
        assert response.status_code != 200, response.text
        return response.status_code, response.json()["code"]

    async def mails(self, to: str) -> list[Any]:
        """List the mails to an address, newest first."""
        mails: list[Any] = await self.get("mailbox", to=to)
        return mails

    async def code(self, to: str) -> str:
        """Read the code of the newest mail to an address that has one."""
        for mail in await self.mails(to):
            found = re.search(r"the code (\d{6})", mail["body"])
            if found:
                return found[1]
        raise AssertionError(f"no code was sent to {to}")

    async def token(self, to: str, page: str) -> str:
        """Read the token of the link in the newest mail to an address that leads to a page."""
        for mail in await self.mails(to):
            found = re.search(rf"/account/{page}[#?]token=([\w-]+)", mail["body"])
            if found:
                return found[1]
        raise AssertionError(f"no link to {page} was sent to {to}")

    async def sign_up(self, email: str, password: str = PASSWORD) -> Any:
        """Sign up by the link in the mail."""
        await self.post("sign-up", email=email)
        return await self.post("sign-up/confirm", token=await self.token(email, "sign-up"), password=password)

    async def log_in(self, email: str, password: str = PASSWORD) -> Any:
        """Log in by address and password."""
        return await self.post("login", email=email, password=password)
