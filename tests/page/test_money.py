"""Money that comes and goes by other ways than plain ones, in a real browser: a person's part, then the operators'."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from rialto.bootstrap.families import withdrawals
from rialto.contracts.commands import OpenAccount, Post
from rialto.contracts.vocabulary import INSURANCE_ACCOUNT, AccountClass, AccountKind, PostingReason
from rialto.identity.operators import Role
from tests.bank import Booked, statement_file
from tests.card_house import CardHouse, house_of, standing_in
from tests.contract.test_deposits import ETHER, followed
from tests.contract.test_dust import fund, price
from tests.contract.test_fiat import BANKS, IBAN, THEIRS, order_paid_by
from tests.contract.test_recoveries import RECOVERIES
from tests.contract.test_screening_addresses import LIST
from tests.contract.test_screening_people import HEAD, ZOE, verified
from tests.contract.test_shortfalls import spent_and_gone
from tests.contract.test_travel_rule import RULE
from tests.custody_bench import Fate, TestSigner
from tests.custody_exchange import Funded, custody_exchange
from tests.page.walk import WALK_TIMEOUT_S, needs_the_page, walk
from tests.person import PASSWORD, Someone, someone
from tests.statements import needs_the_fonts, text_of
from tests.whole_exchange import ASSETS, Whole

EMAIL = "ann@example.com"
NOBODY = "No Body"
FORMULA = "=cmd|'/C calc'!A0"
ADDRESS = "/sapi/v1/capital/deposit/address"
OPERATORS = ("alice@example.com", "bob@example.com")
DAY_MS = 86_400_000
SCREENED = 'watch_lists = ["list.csv", "sdn.xml"]\nwatch_seconds = 1\n'


class Bank:
    """The bank of the exchange, a statement for each movement."""

    def __init__(self, whole: Whole) -> None:
        self._fiat = whole.exchange.families.fiat
        self._number = 0
        self._cents = 0

    async def books(self, cents: int, **said: str) -> str:
        """Book a movement and have the exchange read of it; return what became of it."""
        self._number += 1
        entry = Booked(f"B{self._number}", cents, **said)  # type: ignore[arg-type]
        taken = await self._fiat.statements.take(statement_file(f"S{self._number}", IBAN, self._cents, [entry]))
        self._cents += cents
        return ", ".join(taken.counts)

    async def pays(self, cents: int, *, back_for: str = "") -> str:
        """Pay what the exchange ordered; book it again where it comes back for a reason."""
        (file,) = await self._fiat.payments.export("main")
        order = order_paid_by(file.read_bytes())
        assert order is not None
        paid = await self.books(-cents, end_to_end=order)
        back = [await self.books(cents, end_to_end=order, return_reason=back_for)] if back_for else []
        return ", ".join([paid, *back])


@dataclass
class Scene:
    """The exchange, and what stands around it."""

    funded: Funded
    house: CardHouse
    bank: Bank
    operators: dict[str, Someone]
    secrets: dict[str, str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.funded.whole.exchange.port}"

    async def sent(self, address: str, sender: str = "outside") -> str:
        """Have a coin sent to an address; return the transaction."""
        made = self.funded.eth.pay(address, ETHER, sender=sender)
        self.funded.eth.mine(5)
        await followed(self.funded, self.funded.eth)
        return made

    async def sent_untagged(self, address: str) -> str:
        """Have something sent to an address that wants a tag, without one; return the transaction."""
        made = self.funded.tag.pay(address, 500_000)
        self.funded.tag.mine(2)
        await followed(self.funded, self.funded.tag)
        return made

    async def code(self, email: str) -> str:
        """Return a code of an operator's app."""
        return await self.operators[email].next_code(self.secrets[email])


@asynccontextmanager
async def scene(data: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    """Run an exchange with chains, a bank and cards, that asks for the travel rule and screens; with two operators."""
    (data / "banks.toml").write_text(BANKS)
    (data / "rialto.toml").write_text(RULE + SCREENED, encoding="utf-8")
    (data / "list.csv").write_text(HEAD, encoding="utf-8")
    (data / "sdn.xml").write_text(LIST.format(address="eth:mixer"), encoding="utf-8")
    monkeypatch.setattr(withdrawals, "SIGNERS", [lambda _parts: TestSigner(Fate())])
    async with (
        standing_in(data) as stand_in,
        custody_exchange(data, page_directory=None, endpoint_weight_per_owner_max=100_000_000) as funded,
        house_of(funded.whole, stand_in) as house,
        AsyncExitStack() as stack,
    ):
        # What is to be paid is handed over when the bank of this scene asks for it.
        await funded.whole.exchange.families.fiat.folders.stop()
        made = Scene(funded, house, Bank(funded.whole), {}, {})
        for email in OPERATORS:
            operator = await stack.enter_async_context(someone(funded.whole, email))
            made.operators[email], (made.secrets[email], _) = operator, await operator.with_app()
            funded.whole.exchange.parts.identity.operators.name(operator.owner, list(Role), 1)
        await spent_and_gone(funded)
        await price(funded.whole)
        await fund(funded.whole)
        await house.price_bitcoin("50000")
        usdt = Post(INSURANCE_ACCOUNT, ASSETS.index("USDT"), "1000", PostingReason.ADJUSTMENT)
        await funded.whole.exchange.runtime.submit(usdt)
        zoe = await stack.enter_async_context(someone(funded.whole, "zoe@example.com"))
        await verified(funded.whole, zoe)
        (data / "list.csv").write_text(HEAD + ZOE, encoding="utf-8")
        yield made


@asynccontextmanager
async def ann_of(whole: Whole) -> AsyncIterator[Someone]:
    """Let there be a verified person with an account and some dust."""
    parts = whole.exchange.parts
    async with someone(whole, EMAIL) as ann:
        parts.identity.people.set_level(ann.owner, 1, parts.wall_clock_us())
        await parts.runtime.submit(OpenAccount(ann.owner, AccountKind(AccountClass.SPOT)))
        account = await parts.runtime.account_of(ann.owner, AccountClass.SPOT)
        await parts.runtime.submit(Post(account, ASSETS.index("LTC"), "0.2", PostingReason.DEPOSIT))
        yield ann


async def goes_astray(there: Scene, ann: Someone) -> None:
    """Have money come without a memo, from an address on a list, and twice from a bank without a reference."""
    tagged = await ann.do("GET", ADDRESS, coin="LTC", network="TAG")
    made = await there.sent_untagged(tagged["address"])
    await ann.do("POST", RECOVERIES, network="TAG", txId=made, coin="LTC")
    await there.sent((await ann.do("GET", ADDRESS, coin="ETH", network="ETH"))["address"], "eth:mixer")
    assert await there.bank.books(7_000, name=FORMULA, account=THEIRS, text="rent") == "suspended"
    assert await there.bank.books(1_234, name=NOBODY, account=THEIRS, text="gift") == "suspended"


async def printed_by(ann: Someone) -> tuple[str, str, str]:
    """Print a statement; return the ends of its period and its reference as they stand on the paper."""
    whole = ann.whole
    end = whole.exchange.parts.wall_clock_us() // 1_000
    made = await ann.send("GET", "/account/v1/statement/pdf", startTime=end - DAY_MS, endTime=end)
    text = text_of(made.content)
    start, end_told = re.findall(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}", text)[:2]
    found = re.search(r"(?:[0-9a-f]{4} ){7}[0-9a-f]{4}", text)
    assert found is not None
    return start, end_told, found[0]


@pytest.mark.timeout(WALK_TIMEOUT_S)
async def test_money_goes_by_card_by_bank_and_astray(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    needs_the_page()
    async with scene(tmp_path, monkeypatch) as there, ann_of(there.funded.whole):
        bank = there.bank

        async def booked(reference: str) -> str:
            return await bank.books(10_000, name="Ann Lee", text=reference)

        async def returned(reason: str) -> str:
            return await bank.pays(5_900, back_for=reason)

        answering = {
            "booked": booked, "returned": returned, "sends": there.sent, "untagged": there.sent_untagged,
        }  # fmt: skip
        words = await walk("money", there.url, answering, EMAIL, PASSWORD)
        assert (words[0], words[-1]) == ("buysByCard", "untagged")


@pytest.mark.timeout(WALK_TIMEOUT_S)
async def test_operators_set_right_what_went_astray(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    needs_the_page()
    needs_the_fonts()
    async with scene(tmp_path, monkeypatch) as there, ann_of(there.funded.whole) as ann:
        await goes_astray(there, ann)

        async def saved(path: str) -> str:
            table = Path(path).read_text(encoding="utf-8")
            assert f"'{FORMULA}" in table, "a spreadsheet takes it for text"
            assert f",{FORMULA}" not in table
            return "read"

        async def sent_back(reason: str) -> str:
            return await there.bank.pays(1_234, back_for=reason)

        async def statement(_what: str) -> str:
            return "|".join((str(ann.owner), *await printed_by(ann)))

        answering = {"code": there.code, "saved": saved, "sentBack": sent_back, "statement": statement}
        await walk("treasury", there.url, answering, *OPERATORS, str(ann.owner), FORMULA, NOBODY)
        held = await ann.do("POST", "/sapi/v3/asset/getUserAsset")
        assert {each["asset"]: each["free"] for each in held} == {"EUR": "70", "ETH": "1", "LTC": "0.205"}
