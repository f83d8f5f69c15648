"""Lists in the layouts their publishers have: what is read of them, and what is refused whole."""

from pathlib import Path

import pytest

from rialto.identity.screening.addresses import AddressScreen
from rialto.identity.screening.entries import Address, Listed, ListUnusable
from rialto.identity.screening.formats import dates
from rialto.identity.screening.lists import read_list
from rialto.identity.screening.watching import WatchLists

LISTS = Path(__file__).parent / "lists"
HEAD = "name,aliases,birth_date,countries,reference\n"


def test_the_treasurys_list() -> None:
    person, company, ship = read_list(LISTS / "sdn.xml")
    assert person == Listed(
        ("Dmitri Ivanovich VOLKOV", "Dimitri VOLKOFF"),
        ("1961-04-02", "1964", "1965", "1966", "1955", "1956"),
        ("RU", "KP"),
        "OFAC SDN 90001",
        ("THE WOLF",),
        (
            Address("ETH", "0xAbCdEf0123456789aBcDeF0123456789abcdef01"),
            Address("XBT", "1ListedAddressOfNobodyAtAll11"),
        ),
    )
    assert (company.names, company.addresses) == (
        ("EXAMPLE MIXER & CO",),
        (Address("LTC", "ltc1qlistedaddress0000000"),),
    )
    assert ship.names == ()


def test_the_security_councils_list() -> None:
    person, company = read_list(LISTS / "un.xml")
    assert person == Listed(
        ("KARIM OUSMANE TRAORE", "كريم عثمان تراوري", "Karim Usman Traore"),
        ("1971-03-12", "1974", "1975", "1976", "1968", "1969"),
        ("ML",),
        "UN QDi.999",
        ("Abu Karim",),
    )
    assert company.names == ("SAHEL TRADING COMPANY", "Sahel Traders")


def test_the_unions_list() -> None:
    person, company = read_list(LISTS / "eu.xml")
    assert person == Listed(
        ("Mohammed Abdul Rahman al-Haddad", "Muhammad Hadad"),
        ("1970-05-01", "1979", "1980", "1981", "1990", "1991"),
        ("SY",),
        "EU EU.999.77",
        ("Abu Rahman",),
    )
    assert company.names == ("Example Enterprise OOO",)


def test_the_kingdoms_list_has_a_row_for_each_name() -> None:
    person, company = read_list(LISTS / "uk.csv")
    assert person == Listed(
        ("Anna Ivanovna VOLKOVA", "Анна Ивановна Волкова"), ("1975-02-14", "1976"), ("RU",), "UK RUS9001", ("Anya",)
    )
    assert company.names == ("EXAMPLE HOLDINGS LTD",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("21 Jun 1996", ("1996-06-21",)),
        ("Jun 1996", ("1996-06",)),
        ("1996", ("1996",)),
        ("circa Jun 1996", ("1995", "1996", "1997")),
        ("01 Jan 1955 to 31 Dec 1957", ("1955", "1956", "1957")),
        ("1900 to 1999", ()),
        ("long ago", ()),
        ("", ()),
    ],
)
def test_dates_as_the_treasury_spells_them(text: str, expected: tuple[str, ...]) -> None:
    assert dates.spelled(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        '<?xml version="1.0"?><!DOCTYPE sdnList [<!ENTITY x "y">]><sdnList><sdnEntry><uid>1</uid></sdnEntry></sdnList>',
        "<sdnList><sdnEntry><uid>1</uid><lastName>A</lastName></sdnEntry>",
        "<sdnList></sdnList>",
        "<other><sdnEntry/></other>",
        "<",
        "Report Date: 27-Nov-2026\nUnique ID,Name 6\nA1,B\n",
        "Report Date: 27-Nov-2026\nUnique ID,Name 6\nA1\n",
        HEAD + "A,,,,,more\n",
        HEAD + '"A,,,,\n',
    ],
)
def test_what_is_no_whole_list_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "list"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ListUnusable):
        read_list(file)


def test_nothing_is_taken_from_outside_a_list(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("of nobody's business", encoding="utf-8")
    file = tmp_path / "list.xml"
    file.write_text(
        f'<!DOCTYPE sdnList [<!ENTITY x SYSTEM "{(tmp_path / "secret").as_uri()}">]>'
        "<sdnList><sdnEntry><uid>1</uid><lastName>&x;</lastName></sdnEntry></sdnList>",
        encoding="utf-8",
    )
    with pytest.raises(ListUnusable, match="document type"):
        read_list(file)


def test_addresses_are_found_however_they_are_spelt() -> None:
    screen = AddressScreen(read_list(LISTS / "sdn.xml"))
    hit = screen.hit("0xabcdef0123456789ABCDEF0123456789ABCDEF01")
    assert hit is not None
    assert (hit.name, hit.reference) == ("Dmitri Ivanovich VOLKOV", "OFAC SDN 90001")
    assert screen.hit("1ListedAddressOfNobodyAtAll11") is not None
    # In base58 capitals are other digits.
    assert screen.hit("1listedaddressofnobodyatall11") is None
    assert screen.hit("0x0000000000000000000000000000000000000000") is None


def test_a_file_that_changes_is_read_and_one_that_breaks_is_not_believed(tmp_path: Path) -> None:
    file = tmp_path / "sdn.xml"
    whole = (LISTS / "sdn.xml").read_text(encoding="utf-8")
    file.write_text(whole, encoding="utf-8")
    lists = WatchLists([file])
    first = lists.version
    assert lists.refresh() is False
    assert lists.hits("Dimitri Volkoff") != []
    file.write_text(whole[: len(whole) // 2], encoding="utf-8")
    assert lists.refresh() is False
    assert (lists.unreadable, lists.version) == (frozenset((file,)), first)
    assert lists.hits("Dimitri Volkoff") != []
    file.unlink()
    assert lists.refresh() is False
    assert lists.hits("Dimitri Volkoff") != []
    file.write_text(whole.replace("VOLKOFF", "MEDVEDEV"), encoding="utf-8")
    assert lists.refresh() is True
    assert (lists.unreadable, lists.hits("Dimitri Volkoff")) == (frozenset(), [])
    assert lists.version == WatchLists([file]).version != first
    with pytest.raises(OSError, match="none"):
        WatchLists([tmp_path / "none"])
