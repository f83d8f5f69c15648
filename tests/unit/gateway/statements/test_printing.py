"""The printing of statements: the same bytes every time, every language's letters, texts that mean harm."""

import asyncio
from pathlib import Path

import msgspec
import pytest
from fontTools.ttLib import TTFont
from pypdf.generic import DictionaryObject

from rialto.contracts.amounts import text_of as amount_of
from rialto.gateway.statements.glyphs import missing_from, open_case
from rialto.gateway.statements.paper import Order
from rialto.gateway.statements.press import Press, PressBusy, PressFailed
from rialto.gateway.statements.printing import printed
from rialto.gateway.statements.sums import Account, Book, Entry, Held, reference_of
from rialto.gateway.statements.words import ACCOUNTS, FONTS, REASONS, read_words
from tests.statements import needs_the_fonts, pages_of, read, text_of

MARCH_US = 1_772_323_200_000_000
DAY_US = 86_400_000_000
GUJARATI = "\u0a97"


def book_of(entries: int) -> Book:
    """A month in which so many deposits came in."""
    deposits = [
        Entry(1, 0, amount_of(number * 7 + 1), amount_of(sum(each * 7 + 1 for each in range(number + 1))), "deposit",
              MARCH_US + number * 1_000_000)
        for number in range(entries)
    ]  # fmt: skip
    closing = [Held(1, 0, deposits[-1].balance)] if deposits else []
    return Book(MARCH_US, MARCH_US + 31 * DAY_US - 1, [Account(1, "spot")], {0: "BTC"}, [], deposits, closing)


def order_of(language: str = "en", entries: int = 3, **changes: object) -> Order:
    order = Order(
        language=language,
        words=read_words()[language],
        issuer="Rialto",
        address="1 Market Street\nVenice",
        fonts="",
        name="Zoë Ångström",
        email="zoe@example.com",
        called="zoe@example.com",
        owner=42,
        made_at_us=MARCH_US + 40 * DAY_US,
        book=book_of(entries),
    )
    return msgspec.structs.replace(order, **changes)


@pytest.fixture(autouse=True)
def _fonts() -> None:
    needs_the_fonts()


async def test_the_same_order_gives_the_same_bytes_in_any_process() -> None:
    made = printed(order_of())
    assert made.startswith(b"%PDF-1.7")
    assert await Press().print(order_of()) == made
    assert printed(order_of(name="Zoe Angstrom")) != made


def test_it_says_whose_it_is_of_when_and_what() -> None:
    made = printed(order_of())
    text = text_of(made)
    for told in (
        "Rialto 1 Market Street Venice",
        "Statement of account for zoe@example.com",
        "Name Zoë Ångström",
        "User ID 42",
        "Period 2026-03-01 00:00:00.000 to 2026-03-31 23:59:59.999 (UTC)",
        "Made on 2026-04-10 00:00:00 (UTC)",
        "BTC 0 0.00000024 0.00000024",
        "Spot BTC Deposits 0.00000024 3",
        "2026-03-01 00:00:02 Deposits 0.00000015 0.00000024",
        "Page 1 of 1",
        reference_of(42, order_of().book),
    ):
        assert told in text
    document = read(made)
    assert document.metadata is not None
    assert document.metadata.title == "Statement of account for zoe@example.com"
    assert str(document.root_object["/Lang"]) == "en"
    marks = document.root_object["/MarkInfo"]
    assert isinstance(marks, DictionaryObject)
    assert str(marks["/Marked"]) == "True"


def test_a_long_table_has_its_heads_on_every_page_and_loses_no_row() -> None:
    order = order_of(entries=400)
    pages = pages_of(printed(order))
    assert len(pages) > 5
    for number, page in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in page
    assert all("Time" in page and "Balance (BTC)" in page for page in pages[1:-1])
    text = " ".join(" ".join(pages).split())
    for entry in order.book.entries:
        assert f"Deposits {entry.amount.rstrip('0')} {entry.balance.rstrip('0')}" in text


def test_every_language_has_the_letters_of_its_words() -> None:
    lacking = {
        language: missing
        for language, words in read_words().items()
        if (missing := missing_from(open_case(language, ""), words.values()))
    }
    assert lacking == {}
    assert len(read_words()) >= 40


@pytest.mark.parametrize("language", ["ar", "he", "hi", "ja", "ko", "pt-BR", "th", "zh-TW"])
def test_it_is_printed_in_any_language_with_the_same_figures(language: str) -> None:
    made = printed(order_of(language, name="山田 太郎"))
    text, words = text_of(made), read_words()[language]
    assert "0.00000015" in text
    assert "山田 太郎" in text
    assert str(read(made).root_object["/Lang"]).startswith(language.partition("-")[0])
    if language in {"ja", "ko", "zh-TW"}:
        assert words["wallet.opening"] in text


def test_arabic_stays_arabic() -> None:
    name = "ظثـذ"
    assert set(name).isdisjoint(text_of(printed(order_of("he"))))
    text = text_of(printed(order_of("he", name=name)))
    # Letters that are drawn in parts are told in parts, in no order: a reader that knows of both puts them together.
    assert set(name) <= set(text)
    # Persian needs what joins nothing.
    assert "U+" not in text_of(printed(order_of("fa", name="\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645")))


@pytest.mark.parametrize(
    "text",
    [
        '#panic("x") #read("/etc/passwd") $x$ *b* _i_ `c` [d] \\ " // @ref <label> #{',
        "<script>alert(1)</script> & %PDF-1.7 {email} {page}",
        "= Heading",
        "- list",
    ],
)
def test_what_somebody_wrote_stands_as_it_is(text: str) -> None:
    made = text_of(printed(order_of(name=text, issuer=text)))
    assert f"Name {text}" in made


def test_what_cannot_be_printed_stands_as_its_number_and_is_explained() -> None:
    order = order_of(name=f"\u202eoeZ {GUJARATI} 😀")
    text = text_of(printed(order))
    assert "[U+202E]oeZ [U+0A97] [U+1F600]" in text
    assert order.words["wallet.statementGlyphs"] in text
    assert order.words["wallet.statementGlyphs"] not in text_of(printed(order_of()))


def test_a_word_longer_than_a_line_goes_on_in_the_next() -> None:
    name = "x" * 254
    made = printed(order_of(name=name))
    assert text_of(made).replace("\u200b", "").replace(" ", "").count("x" * 254) == 1
    assert max(len(line) for page in pages_of(made) for line in page.splitlines()) < 130


def test_an_operator_may_add_fonts(tmp_path: Path) -> None:
    font = TTFont(FONTS / "noto-sans-thai-400.ttf")
    drawn = font.getBestCmap()[ord("ก")]
    for table in font["cmap"].tables:
        table.cmap = {ord(GUJARATI): drawn}
    for record in font["name"].names:
        record.string = str(record).replace("Noto Sans Thai", "Another")
    font.save(tmp_path / "another.ttf")
    text = text_of(printed(order_of(name=f"{GUJARATI} 😀", fonts=str(tmp_path))))
    assert f"Name {GUJARATI} [U+1F600]" in text


def test_a_reason_and_an_account_without_words_are_named_as_they_are() -> None:
    assert set(REASONS.values()) | set(ACCOUNTS.values()) <= set(read_words()["en"])
    order = order_of()
    entries = [msgspec.structs.replace(each, reason="gift") for each in order.book.entries]
    book = msgspec.structs.replace(order.book, entries=entries, accounts=[Account(1, "attic")])
    assert "attic BTC gift 0.00000024 3" in text_of(printed(msgspec.structs.replace(order, book=book)))


def test_a_reference_is_of_the_content_alone() -> None:
    book = book_of(3)
    assert reference_of(42, book) == reference_of(42, book_of(3))
    others = [
        reference_of(43, book),
        reference_of(42, book_of(4)),
        reference_of(42, msgspec.structs.replace(book, end_us=book.end_us - 1)),
        reference_of(42, msgspec.structs.replace(book, opening=[Held(1, 0, "0.00000000")])),
    ]
    assert len({reference_of(42, book), *others}) == 5


async def test_a_person_has_one_statement_printed_at_a_time() -> None:
    press = Press()
    first = asyncio.create_task(press.print(order_of()))
    await asyncio.sleep(0)
    with pytest.raises(PressBusy):
        await press.print(order_of("de"))
    another = await press.print(order_of(owner=43))
    assert (await first)[:4] == another[:4] == b"%PDF"
    assert await press.print(order_of()) == await press.print(order_of())


async def test_what_cannot_be_printed_fails_and_holds_nobody_up() -> None:
    press = Press()
    torn = msgspec.structs.replace(book_of(3), closing=[])
    with pytest.raises(PressFailed):
        await press.print(order_of(book=torn))
    assert (await press.print(order_of())).startswith(b"%PDF")


async def test_who_waits_no_more_ends_the_printing() -> None:
    press = Press()
    waiting = asyncio.create_task(press.print(order_of(entries=5_000)))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait([waiting])
    assert waiting.cancelled()
    assert (await press.print(order_of())).startswith(b"%PDF")
