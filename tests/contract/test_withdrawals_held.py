"""Withdrawals whose destination comes to stand on a list after they were approved: held, and settled by operators."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rialto.contracts.commands import OpenAccount, Post
from rialto.contracts.events import AccountOpened
from rialto.contracts.vocabulary import AccountClass, AccountKind, PostingReason, StreamKey
from rialto.custody.signing.requests import SignerUnavailable, SigningRequest
from rialto.custody.withdrawals import rules
from rialto.custody.withdrawals.model import KIND
from rialto.identity.operators import Role
from rialto.identity.restrictions import Restrictions
from tests.contract.test_deposits import eventually
from tests.contract.test_operators import operators
from tests.contract.test_screening_addresses import APPROVE, LIST, REFUSE, SETTINGS
from tests.contract.test_withdrawals import APPLY, HISTORY, MAY, exchange, settled
from tests.custody_bench import Fate, TestSigner
from tests.gateway import Trader
from tests.model_chain import ModelChain
from tests.person import Someone
from tests.whole_exchange import ASSETS, Whole

NOBODY_LISTED = LIST.format(address="ltc:nobody")
EASY = "[withdrawals]\nrisk_review_points = 1000\nvaluations = { LTC = '1' }\n"
MORE_THAN_IS_HOT = "150"


@dataclass
class LateSigner(TestSigner):
    """Cannot be asked until it is there; notes how often it was looked for."""

    __test__ = False

    is_there: bool = False
    looked_for: int = 0

    async def sign(self, request: SigningRequest) -> tuple[bytes, ...]:
        self.looked_for += 1
        if not self.is_there:
            raise SignerUnavailable("it is switched off")
        return await super().sign(request)


@dataclass(frozen=True)
class Held:
    """The exchange, who withdraws, and two who decide."""

    whole: Whole
    chain: ModelChain
    ann: Trader
    olga: Someone
    otto: Someone
    data: Path

    async def list_address(self, address: str) -> None:
        """Put an address on the list."""
        lists = self.whole.exchange.parts.identity.lists
        version = lists.version
        (self.data / "sdn.xml").write_text(LIST.format(address=address), encoding="utf-8")

        async def is_read() -> bool:
            return lists.version != version

        await eventually(is_read, True)

    async def waiting(self) -> list[Any]:
        """List what waits for operators."""
        found: list[Any] = await self.olga.do("GET", "/admin/v1/withdrawals")
        return found

    async def status(self, id_: str) -> int:
        """Return the API's number of a withdrawal's state."""
        (found,) = await self.ann.do("GET", HISTORY, idList=id_)
        return int(found["status"])

    def mails(self) -> list[str]:
        """List what Ann was told, the newest first."""
        box = self.whole.exchange.parts.identity.mailer.local_mailbox(to="ann@example.com")
        return [each.template for each in box]


@asynccontextmanager
async def held_exchange(
    data: Path, monkeypatch: pytest.MonkeyPatch, signer: TestSigner | None = None, settings: str = ""
) -> AsyncIterator[Held]:
    """An exchange with a list that names nobody of interest, and a person with 400 LTC and a key."""
    (data / "rialto.toml").write_text(SETTINGS + EASY + settings, encoding="utf-8")
    (data / "sdn.xml").write_text(NOBODY_LISTED, encoding="utf-8")
    async with exchange(data, monkeypatch, signer=signer) as (whole, chain), operators(whole, Role.RISK) as both:
        parts = whole.exchange.parts
        owner = parts.identity.people.register("ann@example.com", 1).owner
        parts.identity.people.set_level(owner, 3, 1)
        opened = (await parts.runtime.submit(OpenAccount(owner, AccountKind(AccountClass.SPOT)))).events[0]
        assert isinstance(opened, AccountOpened)
        await parts.runtime.submit(Post(opened.account, ASSETS.index("LTC"), "400", PostingReason.DEPOSIT))
        here = Restrictions.read(["127.0.0.1"], [])
        key = parts.api_keys.create(owner, "tests", MAY, 1, restrictions=here)
        olga, otto = both
        yield Held(whole, chain, Trader(whole.client, *key), olga, otto, data)


async def asked(held: Held, amount: str) -> str:
    answer = await held.ann.do("POST", APPLY, coin="LTC", address="ltc:theirs", amount=amount)
    return str(answer["id"])


async def free(held: Held) -> str:
    (found,) = await held.ann.do("POST", "/sapi/v3/asset/getUserAsset", asset="LTC")
    return str(found["free"])


async def test_it_waits_for_two_and_is_paid_when_they_agree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with held_exchange(tmp_path, monkeypatch) as held:
        id_ = await asked(held, MORE_THAN_IS_HOT)
        assert (await held.waiting(), await held.status(id_)) == ([], 4)
        await held.list_address("ltc:theirs")
        await eventually(lambda: held.status(id_), 2)
        (waiting,) = await held.waiting()
        assert (waiting["id"], waiting["approvalsMissing"], waiting["risk"]["listed_address"]) == (id_, 2, 100)
        assert held.mails() == ["withdrawal-held"]
        held.chain.pay(held.chain.derive("1/0"), 100_00000000)
        held.chain.mine()
        for reviewer, missing in ((held.olga, 1), (held.otto, 0)):
            assert [each["approvalsMissing"] for each in await held.waiting()] == [missing + 1]
            assert (await reviewer.do("POST", APPROVE, withdrawal=id_))["status"] == "done"
        assert (await settled(held.ann, held.chain, id_))["status"] == 6
        assert held.chain.balance("ltc:theirs") == 149_99950000
        assert held.mails() == ["withdrawal-held"], "it is held once"


async def test_it_is_given_back_when_one_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with held_exchange(tmp_path, monkeypatch) as held:
        id_ = await asked(held, MORE_THAN_IS_HOT)
        await held.list_address("ltc:theirs")
        await eventually(lambda: held.status(id_), 2)
        assert await free(held) == "250"
        given = {"id": id_, "reason": "It is on a list."}
        assert (await held.olga.do("POST", REFUSE, **given))["status"] == "done"
        assert (await held.status(id_), await free(held)) == (3, "400")
        (shown,) = await held.ann.do("GET", HISTORY, idList=id_)
        assert shown["info"] == "It is on a list."


async def test_its_owner_can_cancel_it_and_is_not_told_whose_list_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with held_exchange(tmp_path, monkeypatch) as held:
        id_ = await asked(held, MORE_THAN_IS_HOT)
        await held.list_address("ltc:theirs")
        await eventually(lambda: held.status(id_), 2)
        rule = rules.cancel(held.ann.key.owner, 1)
        await held.whole.exchange.parts.decisions.decide(StreamKey(KIND, id_), rule)
        (shown,) = await held.ann.do("GET", HISTORY, idList=id_)
        assert (shown["status"], shown["info"], await free(held)) == (1, "", "400")


async def test_who_agreed_before_did_not_know(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with held_exchange(tmp_path, monkeypatch, settings="two_approvals_from = 100\n") as held:
        id_ = await asked(held, MORE_THAN_IS_HOT)
        for reviewer in (held.olga, held.otto):
            await reviewer.do("POST", APPROVE, withdrawal=id_)
        assert await held.status(id_) == 4
        await held.list_address("ltc:theirs")
        await eventually(lambda: held.status(id_), 2)
        (waiting,) = await held.waiting()
        assert (waiting["approvalsMissing"], waiting["agreed"]) == (2, [])


async def test_what_is_built_and_not_signed_is_not_signed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    signer = LateSigner(Fate())
    async with held_exchange(tmp_path, monkeypatch, signer) as held:
        id_ = await asked(held, "2")

        async def is_asked() -> bool:
            return signer.looked_for > 0

        await eventually(is_asked, True)
        assert await held.status(id_) == 4
        await held.list_address("ltc:theirs")
        await eventually(lambda: held.status(id_), 2)
        signer.is_there = True
        other = await held.ann.do("POST", APPLY, coin="LTC", address="ltc:others", amount="1")
        assert (await settled(held.ann, held.chain, other["id"]))["status"] == 6
        assert signer.requests
        assert all(id_ not in request.references for request in signer.requests)
        assert held.chain.balance("ltc:theirs") == 0
        for reviewer in (held.olga, held.otto):
            await reviewer.do("POST", APPROVE, withdrawal=id_)
        assert (await settled(held.ann, held.chain, id_))["status"] == 6
        assert held.mails() == ["withdrawal-held"]
