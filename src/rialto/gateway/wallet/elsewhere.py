"""Histories of what this exchange does not offer: truthful, and so without rows. They are asked for all the same."""

from typing import Annotated, Any, Final

import msgspec

from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.gateway.wallet.parameters import AssetName, Current, EndTime, Size, StartTime
from rialto.wire.endpoints import Budget, Endpoint, Security
from rialto.wire.kinds import Choice, Integer, Text
from rialto.wire.parameters import Parameters

DELEGATIONS: Final = ("Delegate", "Undelegate")


class MiningParameters(Parameters, frozen=True):
    """From when to when, which transfer, of which asset."""

    start_time: StartTime
    end_time: EndTime
    tran_id: Annotated[int, Integer()] | None = None
    client_tran_id: Annotated[str, Text(r"^[\w-]{1,64}$")] | None = None
    asset: AssetName | None = None
    current: Current = 1
    size: Size = 10


class MiningTransfer(msgspec.Struct, frozen=True, rename="camel"):
    """A payment for mining in the cloud, or its return."""

    create_time: int
    tran_id: int
    type: int
    asset: str
    amount: str
    status: str


class MiningTransfers(msgspec.Struct, frozen=True):
    """A page of them."""

    total: int
    rows: list[MiningTransfer]


class DelegationParameters(Parameters, frozen=True):
    """Whose, from when to when, which way, of which asset."""

    email: Annotated[str, Text(r"^[^@\s]{1,64}@[^@\s]{1,255}$")]
    start_time: StartTime
    end_time: EndTime
    type: Annotated[str, Choice(dict(zip(DELEGATIONS, DELEGATIONS, strict=True)))] | None = None
    asset: AssetName | None = None
    current: Current = 1
    size: Size = 10


class Delegation(msgspec.Struct, frozen=True, rename="camel"):
    """What was delegated to a custodian, or came back."""

    client_tran_id: str
    transfer_type: str
    asset: str
    amount: str
    time: int


class Delegations(msgspec.Struct, frozen=True):
    """A page of them."""

    total: int
    rows: list[Delegation]


MINING: Final = Endpoint(
    "GET",
    "/sapi/v1/asset/ledger-transfer/cloud-mining/queryByPage",
    summary="List payments for mining in the cloud, and their returns.",
    parameters=MiningParameters,
    response=MiningTransfers,
    weight=600,
    security=Security.USER_DATA,
    budget=Budget.OWNER,
)
DELEGATION_HISTORY: Final = Endpoint(
    "GET",
    "/sapi/v1/asset/custody/transfer-history",
    summary="List what was delegated to a custodian, and what came back.",
    parameters=DelegationParameters,
    response=Delegations,
    weight=60,
    security=Security.USER_DATA,
    budget=Budget.ADDRESS,
)


class Elsewhere:
    """Answers without rows."""

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(MINING, self.mining), Route(DELEGATION_HISTORY, self.delegations)]

    def mining(self, _call: Call, _parameters: MiningParameters) -> MiningTransfers:
        """List nothing: mining in the cloud is not offered."""
        return MiningTransfers(0, [])

    def delegations(self, _call: Call, _parameters: DelegationParameters) -> Delegations:
        """List nothing: there are no other custodians."""
        return Delegations(0, [])
