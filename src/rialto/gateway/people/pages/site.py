"""Serves the pages, and does what their forms ask for."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from rialto.gateway.call import Call
from rialto.gateway.people.pages.forms import FORMS, PAGES, TOKEN, Form, PageText
from rialto.gateway.people.parameters import TOKEN_RANGE
from rialto.gateway.people.record_calls import MAILBOX
from rialto.gateway.performer import error_of
from rialto.gateway.request import Headers, Request
from rialto.gateway.router import Route
from rialto.gateway.whole_page import WholePage, page_headers
from rialto.wire.errors import ApiError
from rialto.wire.kinds import Text
from rialto.wire.people_errors import PeopleError
from rialto.wire.query_string import read_pairs

_HERE: Final = Path(__file__).parent
_STYLE: Final = (_HERE / "style.css").read_text(encoding="utf-8")
_TOKEN: Final = Text(TOKEN_RANGE)

MAILBOX_PATH: Final = "/account/mailbox"

# A token stands in the address of a page: it goes to no other site. With `no-referrer` browsers would not say either
# that a form is this site's.
_HEADERS: Final[Headers] = [
    *page_headers(_STYLE, forms="'self'", referrer="same-origin"),
    (b"cache-control", b"no-store"),
]


class MailPages:
    """The site. What a form sends is served by the route of its call."""

    def __init__(self, routes: Iterable[Route[Any]]) -> None:
        """Take the routes of people's calls: the forms' are among them."""
        self._pages: AbstractSet[str] = PAGES.keys()
        by_endpoint = {route.endpoint: route for route in routes}
        self._routes = {path: by_endpoint[form.endpoint] for path, (_, form) in FORMS.items()}
        self._mailbox = by_endpoint[MAILBOX]
        loader = FileSystemLoader(_HERE / "templates")
        environment = Environment(
            loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        # The style sheet is ours, and its hash is in the policy: escaped, it would be another.
        environment.globals["style"] = environment.call_filter("safe", _STYLE)
        environment.filters["as_time"] = _as_time
        self._page_template = environment.get_template("page.html")
        self._mailbox_template = environment.get_template("mailbox.html")

    def leave(self, paths: Iterable[str]) -> None:
        """Leave some of the pages to who has better ones."""
        self._pages = PAGES.keys() - set(paths)

    def serves(self, path: str, _query: bytes) -> bool:
        """Tell whether a request is for a page or from a form."""
        return path in self._pages or path in FORMS or path == MAILBOX_PATH

    async def answer(self, request: Request) -> WholePage:
        """Answer a page, or do what a form asks for and tell what came of it."""
        if request.method == "POST" and request.path in FORMS:
            return await self._do(request, *FORMS[request.path])
        if request.method not in ("GET", "HEAD"):
            allowed = b"POST" if request.path in FORMS else b"GET, HEAD"
            return WholePage(405, [*_HEADERS, (b"allow", allowed)], b"")
        if request.path == MAILBOX_PATH:
            return await self._show_mailbox(request)
        page = PAGES.get(request.path) or FORMS[request.path][0]
        if TOKEN not in (field for form in page.forms for field in form.fields):
            return self._shown(page)
        try:
            token = _TOKEN.read(TOKEN.name, read_pairs(request.query).get(TOKEN.name, ""))
        except ApiError:
            return self._shown(page._replace(forms=()), 400, "This link is not whole. Open it as it is in the mail.")
        return self._shown(page, values={TOKEN.name: token})

    async def _do(self, request: Request, page: PageText, form: Form) -> WholePage:
        route, call = self._routes[form.path], Call(None, request=request)
        values: dict[str, str] = {}
        try:
            # A field that was left empty was not sent.
            values = {name: text for name, text in read_pairs(request.body).items() if text}
            await route.serve(call, route.endpoint.reader.read(values))
        except Exception as failure:
            error = error_of(failure, f"{request.method} {request.path}", is_read=False)
            # Of a link that opens nothing any more, or that was not sent, the form is shown no more.
            is_over = TOKEN in form.fields and (error.kind is PeopleError.INVALID_PROOF or TOKEN.name not in values)
            again = page._replace(forms=()) if is_over else page
            return self._shown(again, error.status, error.message, values=values)
        return self._shown(page._replace(text=(), forms=()), told=form.done, headers=call.headers)

    async def _show_mailbox(self, request: Request) -> WholePage:
        route, call = self._mailbox, Call(None, request=request)
        status, told = 200, ""
        mails: object = []
        try:
            mails = await route.serve(call, route.endpoint.reader.read(read_pairs(request.query)))
        except Exception as failure:
            error = error_of(failure, f"{request.method} {request.path}", is_read=False)
            status, told = error.status, error.message
        text = self._mailbox_template.render(title="Mailbox", told=told, is_wrong=status != 200, mails=mails)
        return WholePage(status, _HEADERS, text.encode())

    def _shown(
        self,
        page: PageText,
        status: int = 200,
        told: str = "",
        *,
        values: Mapping[str, str] | None = None,
        headers: Headers | None = None,
    ) -> WholePage:
        text = self._page_template.render(
            title=page.title, page=page, forms=page.forms, told=told, is_wrong=status != 200, values=values or {}
        )
        return WholePage(status, [*_HEADERS, *(headers or [])], text.encode())


def _as_time(time_ms: int) -> str:
    return datetime.fromtimestamp(time_ms // 1_000, UTC).isoformat(" ")
