"""What the page keeps for a person and shows of their account: what they chose, and how secure it is."""

from typing import Annotated, Any, Final

import msgspec

from rialto.gateway.call import Call
from rialto.gateway.people.desk import Desk, origin_of
from rialto.gateway.people.session_calls import Ended
from rialto.gateway.router import Route
from rialto.gateway.standing.locks import TradingLocks
from rialto.identity.page_preferences import Chosen, Mode, Motion, PagePreferences, Palette, Rising
from rialto.wire.endpoints import Endpoint, Security
from rialto.wire.kinds import Boolean, Choice, Text
from rialto.wire.parameters import NoParameters, Parameters


class PreferencesParameters(Parameters, frozen=True):
    """What is chosen newly; what is not given stays. `language` is a tag of BCP 47."""

    language: Annotated[str | None, Text("^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$")] = None
    currency: Annotated[str | None, Text("^[A-Z0-9]{2,10}$")] = None
    mode: Annotated[Mode | None, Choice(Mode)] = None
    palette: Annotated[Palette | None, Choice(Palette)] = None
    rising: Annotated[Rising | None, Choice(Rising)] = None
    motion: Annotated[Motion | None, Choice(Motion)] = None
    login_mail: Annotated[bool | None, Boolean()] = None


class PreferencesView(msgspec.Struct, frozen=True, rename="camel"):
    """What a person chose; None for what they did not."""

    language: str | None
    currency: str | None
    mode: Mode | None
    palette: Palette | None
    rising: Rising | None
    motion: Motion | None
    login_mail: bool


class SecurityView(msgspec.Struct, frozen=True, rename="camel"):
    """What protects an account and what holds it back. Times are in milliseconds; None for what is not so."""

    anti_phishing_code: str | None
    """Its first and last letter: the whole is for mails."""
    withdrawals_locked_until: int | None
    lock_reason: str | None
    """`password-changed` or `factor-changed`."""
    trading_locked_until: int | None
    """Over the API."""
    is_under_review: bool


def _declare(
    method: str, path: str, summary: str, parameters: type[Parameters], response: Any, weight: int = 1
) -> Endpoint[Any]:
    return Endpoint(
        method,
        f"/account/v1/{path}",
        summary=summary,
        parameters=parameters,
        response=response,
        weight=weight,
        security=Security.SESSION,
        refused_with=(503,),
    )


PREFERENCES: Final = _declare("GET", "preferences", "Show what one chose of the page.", NoParameters, PreferencesView)
CHOOSE: Final = _declare("PUT", "preferences", "Choose of the page.", PreferencesParameters, PreferencesView)
SECURITY: Final = _declare("GET", "security", "Show what protects one's account.", NoParameters, SecurityView)
FREEZE_OWN: Final = _declare(
    "POST", "freeze/own", "Freeze one's own account; a new password by mail ends it.", NoParameters, Ended
)

PAGE_ENDPOINTS: Final = (PREFERENCES, CHOOSE, SECURITY, FREEZE_OWN)


class PageCalls:
    """Serves them."""

    def __init__(self, desk: Desk, preferences: PagePreferences, locks: TradingLocks) -> None:
        self._desk = desk
        self._preferences = preferences
        self._locks = locks

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [
            Route(PREFERENCES, self.preferences),
            Route(CHOOSE, self.choose),
            Route(SECURITY, self.security),
            Route(FREEZE_OWN, self.freeze),
        ]

    async def preferences(self, call: Call, _parameters: NoParameters) -> PreferencesView:
        """Show them."""
        owner = call.owner
        return _view(await self._desk.run(lambda: self._preferences.of_owner(owner)))

    async def choose(self, call: Call, parameters: PreferencesParameters) -> PreferencesView:
        """Keep what is chosen."""
        owner = call.owner
        newly = Chosen(**{name: getattr(parameters, name) for name in Chosen.__struct_fields__})
        return _view(await self._desk.run(lambda: self._preferences.choose(owner, newly)))

    async def security(self, call: Call, _parameters: NoParameters) -> SecurityView:
        """Show it."""
        desk, now_us = self._desk, self._desk.now_us()
        person = await desk.person(call)
        code = await desk.run(lambda: desk.accounts.anti_phishing_code_of(person.owner))
        locked_us, trading = person.withdrawals_locked_until_us, self._locks.newest(person.owner)
        is_locked = now_us < locked_us
        return SecurityView(
            None if code is None else f"{code[0]}•••{code[-1]}",
            call.time(locked_us) if is_locked else None,
            person.lock_reason.value if is_locked and person.lock_reason is not None else None,
            call.time(trading.until_us) if trading is not None and now_us < trading.until_us else None,
            person.is_under_review,
        )

    async def freeze(self, call: Call, _parameters: NoParameters) -> Ended:
        """Freeze the account: its sessions end, this one too. Raises `ApiError` -41201."""
        call.require_step_up()
        desk, origin = self._desk, origin_of(call)
        person = await desk.person(call)
        await desk.run(lambda: desk.accounts.freeze_own(person.owner, origin))
        call.headers = desk.browsers.forgetting()
        return Ended()


def _view(chosen: Chosen) -> PreferencesView:
    return PreferencesView(
        chosen.language,
        chosen.currency,
        chosen.mode,
        chosen.palette,
        chosen.rising,
        chosen.motion,
        chosen.wants_login_mail,
    )
