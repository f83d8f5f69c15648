"""A person's sessions and devices: which there are, and the end of any."""

from typing import Annotated, Any, Final

import msgspec

from rialto.gateway.call import Call
from rialto.gateway.people.desk import Desk, origin_of
from rialto.gateway.people.login_calls import SessionView, view_of
from rialto.gateway.router import Route
from rialto.identity.devices import Places
from rialto.wire.endpoints import Endpoint, Security
from rialto.wire.kinds import Text
from rialto.wire.parameters import NoParameters, Parameters
from rialto.wire.people_errors import PeopleError


class SessionLine(msgspec.Struct, frozen=True, rename="camel"):
    """One session of a list."""

    session_id: str
    client: str
    address: str
    place: str
    created_time: int
    last_seen_time: int
    is_current: bool


class DeviceLine(msgspec.Struct, frozen=True, rename="camel"):
    """One device of a list."""

    device_id: str
    client: str
    address: str
    place: str
    first_seen_time: int
    last_seen_time: int
    is_current: bool


class Ended(msgspec.Struct, frozen=True, rename="camel"):
    """It is done."""

    status: str = "DONE"


class SessionParameters(Parameters, frozen=True):
    """Which session."""

    session_id: Annotated[str, Text("^[0-9a-f]{32}$")]


class DeviceParameters(Parameters, frozen=True):
    """Which device."""

    device_id: Annotated[str, Text("^[0-9a-f]{64}$")]


def _declare(
    method: str, path: str, summary: str, response: Any, parameters: type[Parameters] = NoParameters
) -> Endpoint[Any]:
    return Endpoint(
        method,
        f"/account/v1/{path}",
        summary=summary,
        parameters=parameters,
        response=response,
        weight=1,
        security=Security.SESSION,
    )


SESSION: Final = _declare("GET", "session", "Show this session and whose it is.", SessionView)
SESSIONS: Final = _declare("GET", "sessions", "List one's own sessions, last used first.", list[SessionLine])
END_SESSION: Final = _declare("DELETE", "sessions", "End a session of one's own.", Ended, SessionParameters)
DEVICES: Final = _declare("GET", "devices", "List the devices one logged in from.", list[DeviceLine])
FORGET_DEVICE: Final = _declare(
    "DELETE", "devices", "Forget a device and end its sessions.", Ended, DeviceParameters
)  # fmt: skip

SESSION_ENDPOINTS: Final = (SESSION, SESSIONS, END_SESSION, DEVICES, FORGET_DEVICE)


class SessionCalls:
    """Serves them."""

    def __init__(self, desk: Desk, places: Places) -> None:
        self._desk = desk
        self._places = places

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [
            Route(SESSION, self.session),
            Route(SESSIONS, self.sessions),
            Route(END_SESSION, self.end_session),
            Route(DEVICES, self.devices),
            Route(FORGET_DEVICE, self.forget_device),
        ]

    async def session(self, call: Call, _parameters: NoParameters) -> SessionView:
        """Show the session."""
        session = call.browser_session
        return view_of(session, await self._desk.person(call), call, self._desk.roles_of(session.owner))

    async def sessions(self, call: Call, _parameters: NoParameters) -> list[SessionLine]:
        """List the sessions: the one that asks, then those used last."""
        own = call.browser_session
        others = self._desk.browsers.sessions.of_owner(own.owner, self._desk.now_us())
        held = [own, *(each for each in others if each is not own)]
        return [
            SessionLine(
                each.id,
                each.client,
                each.address,
                self._places.place_of(each.address),
                call.time(each.created_at_us),
                call.time(each.seen_at_us),
                each is own,
            )
            for each in held
        ]

    async def end_session(self, call: Call, parameters: SessionParameters) -> Ended:
        """End a session; whose it is does not show for one of another person."""
        desk, owner, origin = self._desk, call.owner, origin_of(call)
        session = desk.browsers.sessions.by_id(parameters.session_id, desk.now_us())
        if session is None or session.owner != owner:
            raise PeopleError.NO_SUCH_SESSION.error()

        def end() -> None:
            desk.accounts.note(owner, "session-ended", origin, session.client)
            desk.browsers.sessions.end([session])

        await desk.run(end)
        if session is call.browser_session:
            call.headers = desk.browsers.forgetting()
        return Ended()

    async def devices(self, call: Call, _parameters: NoParameters) -> list[DeviceLine]:
        """List the devices."""
        own = call.browser_session
        held = await self._desk.run(lambda: self._desk.accounts.devices.of_owner(own.owner))
        return [
            DeviceLine(
                each.device,
                each.client,
                each.address,
                each.place,
                call.time(each.first_seen_at_us),
                call.time(each.last_seen_at_us),
                each.device == own.device,
            )
            for each in held
        ]

    async def forget_device(self, call: Call, parameters: DeviceParameters) -> Ended:
        """Forget a device."""
        desk, owner, origin = self._desk, call.owner, origin_of(call)
        sessions = desk.browsers.sessions

        def forget() -> bool:
            if not desk.accounts.devices.forget(owner, parameters.device_id):
                return False
            desk.accounts.note(owner, "device-forgotten", origin)
            held = sessions.of_owner(owner, desk.now_us())
            sessions.end([each for each in held if each.device == parameters.device_id])
            return True

        if not await desk.run(forget):
            raise PeopleError.NO_SUCH_DEVICE.error()
        if call.browser_session.is_over:
            call.headers = desk.browsers.forgetting()
        return Ended()
