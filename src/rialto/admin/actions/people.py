"""Actions on people: freezing them, locking what leaves, taking lost factors away, and naming operators."""

from contextlib import suppress
from typing import Annotated, Final

from rialto.admin.action import Action, AnyAction, Doing, Refused
from rialto.admin.actions.parameters import Owner, Reason
from rialto.admin.services import Services
from rialto.identity.mail import MailQueueFull, NoAddress
from rialto.identity.operators import NO_ROLES, Role
from rialto.identity.people import LockReason
from rialto.wire.kinds import Integer, WordOrWords
from rialto.wire.parameters import Parameters

NOBODY: Final = "NONE"
GUARDS: Final = frozenset((Role.SUPPORT, Role.RISK, Role.SECURITY))
HOUR_US: Final = 3_600_000_000
LOCK_HOURS_MAX: Final = 8_784
RESET_LOCK_HOURS: Final = 24
"""For how long nothing is withdrawn after factors were taken away, as after any change of one."""

ROLE_WORDS: Final = (*(role.value for role in Role), NOBODY)


class PersonParameters(Parameters, frozen=True):
    """Who, and why."""

    owner: Owner
    reason: Reason


class LockParameters(PersonParameters, frozen=True):
    """Whose withdrawals are locked, for how long, and why. A lock that lasts longer stays."""

    hours: Annotated[int, Integer(1, LOCK_HOURS_MAX)]


class RolesParameters(Parameters, frozen=True):
    """Who has which roles from now on; `NONE` for who is to be no operator any more."""

    owner: Owner
    roles: Annotated[frozenset[str], WordOrWords(ROLE_WORDS)]


async def freeze(on: Services, doing: Doing, given: PersonParameters) -> str:
    """Freeze them."""
    if not await on.clerks.run(lambda: on.people.freeze(given.owner, doing.now_us)):
        raise Refused(f"the account of person {given.owner} is closed")
    return f"person {given.owner} is frozen"


async def unfreeze(on: Services, doing: Doing, given: PersonParameters) -> str:
    """Unfreeze who is frozen; nobody comes back whose account is closed, or whose master froze them."""
    if not await on.clerks.run(lambda: on.people.unfreeze(given.owner, doing.now_us)):
        raise Refused(f"the account of person {given.owner} is closed, or frozen by its master")
    return f"person {given.owner} is active"


async def lock_withdrawals(on: Services, doing: Doing, given: LockParameters) -> str:
    """Lock them."""
    about = (given.owner, doing.now_us + given.hours * HOUR_US, LockReason.OPERATOR)
    await on.clerks.run(lambda: on.people.lock_withdrawals(*about))
    return f"person {given.owner} withdraws nothing for {given.hours} hours"


async def end_sessions(on: Services, _doing: Doing, given: PersonParameters) -> str:
    """End them all."""
    ended = await on.clerks.run(lambda: on.sessions.end_all(given.owner))
    return f"{ended} sessions of person {given.owner} ended"


async def reset_factors(on: Services, doing: Doing, given: PersonParameters) -> str:
    """Take every second factor away from who lost theirs; nothing leaves for a day, and they are told by mail."""
    await on.clerks.run(lambda: _reset_factors(on, doing, given.owner))
    return f"person {given.owner} has no second factor"


def _reset_factors(on: Services, doing: Doing, owner: int) -> None:
    until_us = doing.now_us + RESET_LOCK_HOURS * HOUR_US
    on.people.lock_withdrawals(owner, until_us, LockReason.FACTOR_CHANGED)
    on.factors.forget(owner)
    on.sessions.end_all(owner)
    what = "every second factor was taken away by the exchange"
    values = {"what": what, "hours": RESET_LOCK_HOURS, "address": "the exchange", "client": "an operator"}
    with suppress(MailQueueFull, NoAddress):
        on.mailer.send(owner, "factor-changed", values)


async def set_roles(on: Services, doing: Doing, given: RolesParameters) -> str:
    """Set them, unless nobody would be left who can name operators."""
    roles = NO_ROLES if NOBODY in given.roles else frozenset(Role(word) for word in given.roles)
    await on.clerks.run(lambda: _set_roles(on, doing, given.owner, roles))
    return f"person {given.owner}: {' '.join(sorted(role.value for role in roles)) or 'no operator'}"


def _set_roles(on: Services, doing: Doing, owner: int, roles: frozenset[Role]) -> None:
    if on.people.find(owner) is None:
        raise Refused(f"there is no person {owner}")
    others = [held for each, held in on.operators.all().items() if each != owner and Role.OWNER in held]
    if Role.OWNER not in roles and not others:
        raise Refused("nobody would be left who can name operators")
    on.operators.name(owner, roles, doing.now_us)


PEOPLE_ACTIONS: Final[tuple[AnyAction, ...]] = (
    Action(
        *("freeze-person", "Let a person do nothing any more.", frozenset((Role.SUPPORT, Role.RISK, Role.SECURITY))),
        *(PersonParameters, freeze),
        takes_two=False,
        shows=lambda given: f"freeze person {given.owner}: {given.reason}",
    ),
    Action(
        *("unfreeze-person", "Let a frozen person act again.", frozenset((Role.RISK, Role.SECURITY))),
        *(PersonParameters, unfreeze),
        takes_two=True,
        shows=lambda given: f"unfreeze person {given.owner}: {given.reason}",
    ),
    Action(
        *("lock-withdrawals", "Let a person withdraw nothing for a time.", GUARDS, LockParameters, lock_withdrawals),
        takes_two=False,
        shows=lambda given: f"lock withdrawals of person {given.owner} for {given.hours} hours: {given.reason}",
    ),
    Action(
        *("end-sessions", "End every session of a person.", GUARDS, PersonParameters, end_sessions),
        takes_two=False,
        shows=lambda given: f"end every session of person {given.owner}: {given.reason}",
    ),
    Action(
        *("reset-factors", "Take lost second factors away.", frozenset((Role.SUPPORT, Role.SECURITY))),
        *(PersonParameters, reset_factors),
        takes_two=True,
        shows=lambda given: f"take every second factor of person {given.owner} away: {given.reason}",
    ),
    Action(
        *("set-roles", "Say who is an operator.", frozenset((Role.OWNER,)), RolesParameters, set_roles),
        takes_two=True,
        shows=lambda given: f"person {given.owner} gets the roles {' '.join(sorted(given.roles))}",
    ),
)
