"""Proofs of reserves as their users get them: over HTTP, beside trading, after a restart."""

import json
from pathlib import Path
from typing import Any

import pytest

from rialto.bootstrap.families.reserves import open_reserves
from rialto.bootstrap.people import reseal_secrets
from rialto.contracts.commands import Leg, OpenAccount, Post, Record
from rialto.contracts.events import AccountOpened
from rialto.contracts.vocabulary import (
    HOUSE_OWNER,
    TREASURY_ACCOUNT,
    AccountClass,
    AccountKind,
    PostingReason,
    StreamKey,
)
from rialto.custody.reserves import verifier
from rialto.custody.reserves.documents import HeldAddress
from rialto.custody.reserves.job import MonthlyPublication
from rialto.custody.reserves.publisher import Publisher
from rialto.identity.restrictions import Permission
from tests.founded import settings_in
from tests.gateway import Trader, refusal
from tests.whole_exchange import Whole, whole_exchange

NOVEMBER_US = 1_793_491_200_000_000
DAY_US = 86_400_000_000


class Held:
    """Two addresses of an imaginary chain."""

    async def held(self, text: str) -> list[HeldAddress]:
        return [HeldAddress("BTC", "bc1qtest", "hot", {"BTC": "1.50000000"}, 7, "00", text, "")]


def publisher_of(whole: Whole) -> Publisher:
    return open_reserves(whole.exchange.parts, Held(), {7: "BTC"}).publisher


async def trading(whole: Whole) -> tuple[Trader, Trader]:
    """Two people who trade, the house with money of its own, and a chain that holds some of it."""
    alice = await whole.trader("alice", BTC="2", USDT="1000")
    bob = await whole.trader("bob", USDT="50000")
    runtime = whole.exchange.runtime
    await runtime.submit(Post(TREASURY_ACCOUNT, 1, "77", PostingReason.ADJUSTMENT))
    outcome = await runtime.submit(OpenAccount(HOUSE_OWNER, AccountKind(AccountClass.CUSTODY, 7)))
    opened = outcome.events[0]
    assert isinstance(opened, AccountOpened)
    account = await runtime.account_of(alice.key.owner, AccountClass.SPOT)
    legs = (
        Leg(account, 0, "1.00000000", "0.00000000", PostingReason.DEPOSIT),
        Leg(opened.account, 0, "-1.00000000", "0.00000000", PostingReason.DEPOSIT),
    )
    await runtime.submit(Record(StreamKey("tests", "deposit"), 0, legs, b""))
    await alice.place("SELL", "20000", "0.5")
    await bob.place("BUY", "20000", "0.3")
    return alice, bob


async def proof_of(trader: Trader, publication: str) -> Any:
    return await trader.do("GET", "/account/v1/reserves/proof", publication=publication)


async def test_everybody_finds_their_balances_in_what_is_published(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        alice, bob = await trading(whole)
        published = await publisher_of(whole).publish(NOVEMBER_US)
        await alice.place("SELL", "19000", "0.2")  # What comes after is not part of it.
        await bob.place("BUY", "20000", "0.1")
        listed = (await whole.client.get("/account/v1/reserves/publications")).json()["publications"]
        (shown,) = listed
        assert shown["publication"] == published.publication
        for trader, balances in (
            (alice, {"BTC": "2.70000000", "USDT": "6994.00000000"}),
            (bob, {"BTC": "0.29970000", "USDT": "44000.00000000"}),
        ):
            proof = await proof_of(trader, published.publication)
            assert proof["balances"] == balances
            verifier.check(proof, shown)
        assert shown["liabilities"] == {"BTC": "3.00000000", "USDT": "51077.00000000"}
        assert shown["house"] == {"BTC": "0.00030000", "USDT": "83.00000000"}
        assert shown["custody"] == {"BTC": {"BTC": "1.00000000"}}
        assert shown["outside"] == {"BTC": "2.00000000", "USDT": "51077.00000000"}
        assert shown["ratios"]["BTC"] == "50.00"  # 1.5 held for 2.9997 owed to users, rounded down.


async def test_a_proof_outlives_a_restart_and_the_loss_of_its_tree(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        alice, _ = await trading(whole)
        published = await publisher_of(whole).publish(NOVEMBER_US)
        before = await proof_of(alice, published.publication)
    for tree in (tmp_path / "reserves").iterdir():
        tree.unlink()
    async with whole_exchange(tmp_path) as whole:
        alice.client = whole.client
        await alice.place("BUY", "100", "0.1")
        assert await proof_of(alice, published.publication) == before


async def test_a_proof_is_its_owners_alone(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        await trading(whole)
        published = await publisher_of(whole).publish(NOVEMBER_US)
        path = "/account/v1/reserves/proof"
        newcomer = await whole.trader("newcomer")
        status, code, message = refusal(await newcomer.send("GET", path, {"publication": published.publication}))
        assert (status, code, "nothing was held" in message) == (400, -1010, True)
        status, code, message = refusal(await newcomer.send("GET", path, {"publication": "2020-01-01-1"}))
        assert (status, code, "nothing was published as '2020-01-01-1'" in message) == (400, -1010, True)
        blind = await whole.trader("blind", [Permission.TRADE])
        assert refusal(await blind.send("GET", path, {"publication": published.publication}))[1] == -2015
        assert (await whole.client.get(path, params={"publication": published.publication})).status_code == 401


async def test_it_is_published_once_a_month(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        await trading(whole)
        publisher, now = publisher_of(whole), [NOVEMBER_US]

        job = MonthlyPublication(publisher, lambda: now[0])
        assert [await job.publish_if_due() for _ in range(2)] == [True, False]
        now[0] += 31 * DAY_US
        alice = await whole.trader("later", USDT="1")
        assert [await job.publish_if_due() for _ in range(2)] == [True, False]
        assert len(publisher.publications()) == 2
        newest = publisher.publications()[0].publication
        assert (await proof_of(alice, newest))["balances"] == {"USDT": "1.00000000"}


async def test_the_command_line_checks_what_was_downloaded(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from rialto.cli.reserves import verify_reserves

    async with whole_exchange(tmp_path / "data") as whole:
        alice, _ = await trading(whole)
        published = await publisher_of(whole).publish(NOVEMBER_US)
        documents = [await proof_of(alice, published.publication)]
        documents += (await whole.client.get("/account/v1/reserves/publications")).json()["publications"]
    files = [tmp_path / "proof.json", tmp_path / "publication.json"]
    for file, document in zip(files, documents, strict=True):
        file.write_text(json.dumps(document))
    with pytest.raises(SystemExit) as done:
        verify_reserves(files)
    said = capsys.readouterr().out
    assert done.value.code == 0
    assert "bc1qtest  1.50000000 BTC  at block 7  (hot, no statement)" in said
    assert "PROVEN: 2.70000000 BTC, 6994.00000000 USDT of user 1" in said


async def test_proofs_open_after_the_master_key_was_changed(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        alice, _ = await trading(whole)
        published = await publisher_of(whole).publish(NOVEMBER_US)
        before = await proof_of(alice, published.publication)
    reseal_secrets(settings_in(tmp_path))
    async with whole_exchange(tmp_path) as whole:
        alice.client = whole.client
        assert await proof_of(alice, published.publication) == before
