"""From a deposit of tokens on Solana to a withdrawal of them, through the whole exchange and the signer's process."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest
from solders.instruction import Instruction
from solders.keypair import Keypair
from solders.pubkey import Pubkey

from rialto.bootstrap.signing import EMBEDDED_DIRECTORY
from rialto.custody.chains.solana.addresses import MEMO_PROGRAM, TOKEN_2022_PROGRAM
from rialto.custody.signing.book import FILE_NAME
from rialto.identity.operators import Role
from rialto.identity.restrictions import Permission
from tests.contract.test_operators import operators
from tests.contract.test_recoveries import RECOVERIES
from tests.contract.test_screening_addresses import LIST
from tests.gateway import refusal
from tests.nodes.solana import SolanaNode, solana_node
from tests.nodes.spl import Issuer
from tests.person import Someone
from tests.solana_chain import STRANGER
from tests.solana_exchange import APPLY, DEPOSIT, HOT, Listed, eventually, solana_exchange

pytestmark = pytest.mark.timeout(300)

MAY = (Permission.READ, Permission.TRADE, Permission.WITHDRAW)
THEIRS = str(Keypair.from_seed(b"another wallet".ljust(32)).pubkey())
STRANGERS = str(STRANGER.pubkey())
OTHERS = str(Keypair.from_seed(b"others".ljust(32)).pubkey())
WATCHED = '[verification]\nwatch_lists = ["sdn.xml"]\nwatch_seconds = 1\n'
COINS = "/sapi/v1/capital/config/getall"


class Market:
    """A node with two tokens that are listed, of six and of nine decimals, and one that is not."""

    def __init__(self, node: SolanaNode) -> None:
        self.node, self.issuer = node, Issuer(node)
        self.usdt = self.issuer.mint("usdt", 6)
        self.bnb = self.issuer.mint("bnb", 9, TOKEN_2022_PROGRAM)
        self.other = self.issuer.mint("other", 6)
        self.listed = (Listed("USDT", 6, self.usdt), Listed("BNB", 9, self.bnb))
        node.fund(STRANGERS)
        for mint in (self.usdt, self.bnb, self.other):
            self.issuer.give(STRANGERS, mint, 10**15)

    def pay(self, mint: str, amount: int, memo: str) -> str:
        """Pay tokens as wallets do: open the account if there is none, say the memo, move."""
        place = self.issuer.place(DEPOSIT, mint)
        parts = [Instruction(MEMO_PROGRAM, memo.encode(), []), self.issuer.opening(STRANGER, DEPOSIT, mint)]
        return self.node.send([*parts, self.issuer.moving(STRANGER, mint, amount, place)], [STRANGER])

    async def theirs(self) -> int:
        """What the one who is paid holds."""
        return self.issuer.held(THEIRS, self.usdt)


@asynccontextmanager
async def market() -> AsyncIterator[Market]:
    async with solana_node() as node:
        yield Market(node)


async def test_tokens_in_swept_and_out_and_the_books_agree(tmp_path: Path) -> None:
    async with market() as on, solana_exchange(tmp_path, on.node, *on.listed) as exchange:
        alice = await exchange.whole.trader("alice", MAY)
        (coin,) = [each for each in await alice.do("GET", COINS) if each["coin"] == "USDT"]
        assert [each["contractAddress"] for each in coin["networkList"]] == [on.usdt]
        address, memo = await exchange.place(alice, "USDT")
        assert address == DEPOSIT
        on.pay(on.usdt, 1_000_000_000, memo)
        await eventually(lambda: exchange.free(alice, "USDT"), "1000.00000000")
        on.pay(on.bnb, 7_000_000_005, memo)
        await eventually(lambda: exchange.free(alice, "BNB"), "7.00000000")
        await eventually(lambda: exchange.deposits(alice), [("BNB", "7", 1), ("USDT", "1000", 1)])

        async def swept() -> tuple[int, int]:
            return on.issuer.held(HOT, on.usdt), on.issuer.held(HOT, on.bnb)

        await eventually(swept, (1_000_000_000, 7_000_000_005))
        answer = await alice.do("POST", APPLY, coin="USDT", address=THEIRS, amount="250", addressTag="77")
        paid = await exchange.becomes(alice, answer["id"], 6)
        assert (paid["amount"], paid["transactionFee"], paid["network"]) == ("249.50000000", "0.5", "SOL")
        assert on.node.has_done(paid["txId"])
        assert await on.theirs() == 249_500_000
        bnb = on.issuer.holder(THEIRS, on.bnb)
        answer = await alice.do("POST", APPLY, coin="BNB", address=bnb, amount="3")
        await exchange.becomes(alice, answer["id"], 6)
        assert on.issuer.held(THEIRS, on.bnb) == 2_500_000_000
        assert await exchange.free(alice, "USDT") == "750.00000000"
        assert await exchange.free(alice, "BNB") == "4.00000000"

        async def differences() -> dict[str, int]:
            return await exchange.differences()

        await eventually(differences, {})
        ledger = exchange.whole.exchange.families.custody.reconciliation.newest

        async def slack() -> int:
            await exchange.differences()
            return max(each.most - each.least for each in ledger.values())

        await eventually(slack, 0)  # Everything is booked, what accounts of tokens cost as well.
        assert await exchange.differences() == {}


async def test_destinations_that_take_no_token_are_refused_with_the_reason(tmp_path: Path) -> None:
    async with market() as on, solana_exchange(tmp_path, on.node, *on.listed) as exchange:
        alice = await exchange.whole.trader("alice", MAY)
        bob = await exchange.whole.trader("bob", MAY)
        _, memo = await exchange.place(alice, "USDT")
        _, his = await exchange.place(bob, "USDT")
        on.pay(on.usdt, 1_000_000_000, memo)
        await eventually(lambda: exchange.deposits(alice), [("USDT", "1000", 1)])
        frozen = on.issuer.holder(THEIRS, on.usdt)
        on.issuer.freeze(frozen, on.usdt)
        of_another = on.issuer.place(STRANGERS, on.other)
        pool = str(Pubkey.find_program_address([b"pool"], STRANGER.pubkey())[0])
        for destination, why in (
            (THEIRS, "issuer froze"),
            (frozen, "issuer froze"),
            (of_another, "another token"),
            (pool, "no wallet"),
            (on.usdt, "is a token"),
        ):
            refused = refusal(await alice.send("POST", APPLY, {"coin": "USDT", "address": destination, "amount": "10"}))
            assert refused[1] == -4007
            assert why in refused[2]
        on.node.is_down = True
        unknown = await alice.send("POST", APPLY, {"coin": "USDT", "address": STRANGERS, "amount": "10"})
        assert refusal(unknown)[1] == -4019
        on.node.is_down = False
        assert await exchange.free(alice, "USDT") == "1000.00000000"
        # What belongs to the shared address is the shared address: whom the memo names is paid, inside.
        other = on.issuer.other_holder(DEPOSIT, on.usdt, "another account")
        for number, place in enumerate((on.issuer.place(DEPOSIT, on.usdt), other), 1):
            ours = {"coin": "USDT", "network": "SOL", "address": place, "amount": "10"}
            nobodys = await alice.send("POST", APPLY, ours)
            assert "an address of this exchange" in refusal(nobodys)[2]
            answer = await alice.do("POST", APPLY, **ours, addressTag=his)
            await exchange.becomes(alice, answer["id"], 6)
            assert await exchange.free(bob, "USDT") == f"{number * 19 // 2}.{number * 5 % 10}0000000"
        assert await on.theirs() == 0
        assert await exchange.differences() == {}


async def test_a_token_that_is_not_listed_is_held_for_who_sent_it(tmp_path: Path) -> None:
    async with market() as on, solana_exchange(tmp_path, on.node, *on.listed) as exchange:
        alice = await exchange.whole.trader("alice", MAY)
        _, memo = await exchange.place(alice, "USDT")
        sent = on.pay(on.other, 5_000_000, memo)

        async def seen() -> list[str]:
            return [coin for coin, _, _ in await exchange.deposits(alice)]

        await eventually(seen, [on.other])
        await alice.do("POST", RECOVERIES, network="SOL", txId=sent, coin="OTHER", returnAddress=THEIRS)
        (request,) = await alice.do("GET", RECOVERIES)
        assert request["status"] == "filed"
        assert await exchange.free(alice, "USDT") == "0.00000000"
        assert await exchange.differences() == {}


async def test_what_was_signed_and_not_shown_is_shown_after_a_crash_and_paid_once(tmp_path: Path) -> None:
    async with market() as on:
        async with solana_exchange(tmp_path, on.node, *on.listed) as exchange:
            alice = await exchange.whole.trader("alice", MAY)
            _, memo = await exchange.place(alice, "USDT")
            on.pay(on.usdt, 1_000_000_000, memo)

            async def swept() -> int:
                return on.issuer.held(HOT, on.usdt)

            await eventually(swept, 1_000_000_000)
            await eventually(lambda: exchange.deposits(alice), [("USDT", "1000", 1)])
            on.node.takes_none = True
            answer = await alice.do("POST", APPLY, coin="USDT", address=THEIRS, amount="100")

            async def signed() -> int:
                return withdrawals_signed(tmp_path)

            await eventually(signed, 1)
        on.node.takes_none = False
        async with solana_exchange(tmp_path, on.node, *on.listed) as exchange:
            alice.client = exchange.whole.client
            paid = await exchange.becomes(alice, answer["id"], 6)
            assert on.node.has_done(paid["txId"])
            assert withdrawals_signed(tmp_path) == 1
            assert await on.theirs() == 99_500_000
            assert await exchange.differences() == {}


async def test_tokens_that_were_frozen_wait_and_are_still_accounted_for(tmp_path: Path) -> None:
    async with market() as on, solana_exchange(tmp_path, on.node, *on.listed) as exchange:
        alice = await exchange.whole.trader("alice", MAY)
        _, memo = await exchange.place(alice, "USDT")
        account = on.issuer.holder(DEPOSIT, on.usdt)
        on.pay(on.usdt, 1_000_000_000, memo)
        on.node.produce()
        on.issuer.freeze(account, on.usdt)
        await eventually(lambda: exchange.deposits(alice), [("USDT", "1000", 1)])
        answer = await alice.do("POST", APPLY, coin="USDT", address=THEIRS, amount="100")
        await exchange.becomes(alice, answer["id"], 4)
        assert await exchange.differences() == {}
        assert on.issuer.held(HOT, on.usdt) == 0
        other = await alice.do("POST", APPLY, coin="USDT", address=STRANGERS, amount="100")
        on.issuer.freeze(on.issuer.place(STRANGERS, on.usdt), on.usdt)
        on.issuer.thaw(account, on.usdt)
        await exchange.becomes(alice, answer["id"], 6)
        assert await on.theirs() == 99_500_000
        assert "issuer froze" in (await exchange.becomes(alice, other["id"], 3))["info"]
        assert await exchange.free(alice, "USDT") == "900.00000000"


async def test_an_account_of_a_token_is_as_its_owner_on_a_list(tmp_path: Path) -> None:
    (tmp_path / "sdn.xml").write_text(LIST.format(address=STRANGERS).replace("- ETH", "- SOL"), encoding="utf-8")
    async with (
        market() as on,
        solana_exchange(tmp_path, on.node, *on.listed, rules=WATCHED) as exchange,
        operators(exchange.whole, Role.RISK) as (olga, _),
    ):
        alice = await exchange.whole.trader("alice", MAY)
        _, memo = await exchange.place(alice, "USDT")
        on.pay(on.usdt, 1_000_000_000, memo)
        await eventually(lambda: held(olga), ["1000.00000000"])
        on.issuer.give(OTHERS, on.usdt, 10**9)
        clean = Keypair.from_seed(b"others".ljust(32))
        on.node.fund(OTHERS)
        place = on.issuer.place(DEPOSIT, on.usdt)
        parts = [Instruction(MEMO_PROGRAM, memo.encode(), []), on.issuer.moving(clean, on.usdt, 10**8, place)]
        on.node.send(parts, [clean])

        async def is_usable() -> bool:
            return ("USDT", "100", 1) in await exchange.deposits(alice)

        await eventually(is_usable, True)
        assert await exchange.free(alice, "USDT") == "100.00000000"
        asked = {"coin": "USDT", "amount": "10", "address": on.issuer.place(STRANGERS, on.usdt)}
        answer = await alice.do("POST", APPLY, **asked)
        assert (await exchange.withdrawal(alice, answer["id"]))["status"] == 2
        (waiting,) = await olga.do("GET", "/admin/v1/withdrawals")
        assert (waiting["id"], waiting["risk"]["listed_address"]) == (answer["id"], 100)


async def held(operator: Someone) -> list[str]:
    """What is held of deposits because of where it came from."""
    return [each["amount"] for each in await operator.do("GET", "/admin/v1/screening/deposits")]


def withdrawals_signed(data: Path) -> int:
    """How many transactions that pay others the signer's record has."""
    with closing(sqlite3.connect(f"file:{data / EMBEDDED_DIRECTORY / FILE_NAME}?mode=ro", uri=True)) as database:
        return sum(b'"purpose":"withdrawal"' in body for (body,) in database.execute("SELECT body FROM entries"))
