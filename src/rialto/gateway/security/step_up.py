"""Step-up: who uses a session proves anew that it is them, and the session's token is replaced.

A person with a second factor shows it; one without shows the password, whose guesses are counted as those of codes are.
"""

from typing import Annotated, Any, Final

import msgspec
from sqlalchemy import Engine, select

from rialto.gateway.browser import Browsers
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.gateway.security.proofs import (
    CHALLENGE_RANGE,
    CODE_RANGE,
    CREDENTIAL_RANGE,
    ProofParameters,
    on_clerks,
    refuse_secrets_in_query,
)
from rialto.gateway.security.record import Doer, SecurityRecord
from rialto.identity.clerks import Clerks
from rialto.identity.factors.factors import Factors
from rialto.identity.factors.kinds import FactorKind, FactorProof
from rialto.identity.hashing import Hashing, HashingBusy, HashingFailed
from rialto.identity.passwords import LENGTH_MAX
from rialto.identity.people_tables import people
from rialto.identity.step_up import FRESH_US
from rialto.wire.endpoints import Endpoint, Security
from rialto.wire.errors import ApiError
from rialto.wire.factor_errors import FactorError
from rialto.wire.kinds import Choice, Text
from rialto.wire.parameters import Parameters
from rialto.wire.people_errors import PeopleError

STEP_UP_WEIGHT: Final = 10


class StepUpParameters(Parameters, frozen=True):
    """A factor that is shown, or the password of who has none."""

    kind: Annotated[FactorKind | None, Choice(FactorKind)] = None
    code: Annotated[str | None, Text(CODE_RANGE)] = None
    challenge: Annotated[str | None, Text(CHALLENGE_RANGE)] = None
    credential: Annotated[str | None, Text(CREDENTIAL_RANGE)] = None
    password: Annotated[str | None, Text(f"^[^\\x00-\\x1f]{{1,{LENGTH_MAX}}}$")] = None

    def check(self) -> None:
        """Make sure that there is one of both."""
        if (self.kind is None) is (self.password is None):
            raise FactorError.PROOF_INCOMPLETE.error()
        if self.kind is not None:
            ProofParameters(
                kind=self.kind, code=self.code, challenge=self.challenge, credential=self.credential
            ).check()

    def proof(self) -> FactorProof:
        """Return the factor as it is checked. Precondition: there is one."""
        assert self.kind is not None
        return FactorProof(self.kind, self.code or "", self.challenge or "", self.credential or "")


class SteppedUp(msgspec.Struct, frozen=True, rename="camel"):
    """Until when the session is trusted, in milliseconds."""

    valid_until: int


STEP_UP: Final = Endpoint(
    "POST",
    "/account/v1/step-up",
    summary="Prove anew who uses this session, by a second factor or by the password of who has none.",
    parameters=StepUpParameters,
    response=SteppedUp,
    weight=STEP_UP_WEIGHT,
    security=Security.SESSION,
)


class StepUp:
    """Serves it."""

    def __init__(
        self,
        engine: Engine,
        factors: Factors,
        hashing: Hashing,
        browsers: Browsers,
        clerks: Clerks,
        record: SecurityRecord,
    ) -> None:
        self._engine = engine
        self._factors = factors
        self._hashing = hashing
        self._browsers = browsers
        self._clerks = clerks
        self._record = record

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(STEP_UP, self.step_up)]

    async def step_up(self, call: Call, parameters: StepUpParameters) -> SteppedUp:
        """Check what is shown, and trust the session for some minutes."""
        refuse_secrets_in_query(call)
        doer, session = Doer(call), call.browser_session
        try:
            if parameters.password is not None:
                await self._check_password(doer, parameters.password)
            else:
                await self._check_factor(doer, parameters.proof())
        except ApiError as refused:
            if refused.status != 503:
                await self._note(doer, "refused", str(refused.code))
            raise
        until_us = self._record.now_us() + FRESH_US
        call.headers += await self._browsers.rotate(session, stepped_up_until_us=until_us)
        await self._note(doer, "done", "password" if parameters.kind is None else parameters.kind.value)
        return SteppedUp(call.time(until_us))

    async def _check_factor(self, doer: Doer, proof: FactorProof) -> None:
        now_us = self._record.now_us()
        await on_clerks(self._clerks, now_us, lambda: self._factors.check(doer.owner, proof, now_us))

    async def _check_password(self, doer: Doer, password: str) -> None:
        now_us = self._record.now_us()
        stored = await on_clerks(self._clerks, now_us, lambda: self._begin_password(doer.owner, now_us))
        try:
            answer = await self._hashing.matches(password, stored)
        except (HashingBusy, HashingFailed):
            raise PeopleError.BUSY.error(1, retry_after_s=1) from None
        if stored is None or not answer.matches:
            raise FactorError.PASSWORD_WRONG.error()
        await on_clerks(self._clerks, now_us, lambda: self._factors.attempts.clear(doer.owner))

    def _begin_password(self, owner: int, now_us: int) -> str | None:
        """Count a guess, and return what the password is compared with."""
        if self._factors.required_for(owner):
            raise FactorError.PASSWORD_NOT_ENOUGH.error()
        self._factors.attempts.count(owner, now_us)
        with self._engine.connect() as connection:
            stored: str | None = connection.scalar(select(people.c.password_hash).where(people.c.owner == owner))
        return stored

    async def _note(self, doer: Doer, result: str, detail: str) -> None:
        now_us = self._record.now_us()
        await on_clerks(self._clerks, now_us, lambda: self._record.note(doer, "step-up", result, detail))
