"""Reference rates: the package's table, and what the file of a central bank may say."""

from fractions import Fraction

import pytest

from rialto.gateway.rates.reference import RatesUnusable, Reference, newest, packaged, read_central_bank

FILE = b"""<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
<Cube><Cube time='2026-11-02'><Cube currency='USD' rate='1.1200'/><Cube currency='JPY' rate='176'/></Cube></Cube>
</gesmes:Envelope>"""


def test_the_package_has_the_currencies_of_a_large_exchange() -> None:
    known = packaged()
    assert len(known) == 37
    assert known["EUR"].per_euro == 1
    assert {each.source for each in known.values()} == {"ECB", "PEG", "OPEN"}
    assert all(each.per_euro > 0 for each in known.values())
    # A fixed rate against the dollar, told in euros.
    assert abs(known["SAR"].per_euro / known["USD"].per_euro - Fraction("3.75")) < Fraction(1, 100_000)


def test_what_a_central_bank_says_takes_the_place_of_older_rates_alone() -> None:
    known = newest(packaged(), read_central_bank(FILE))
    assert (known["USD"].per_euro, known["USD"].source) == (Fraction("1.12"), "NAMED")
    assert known["VND"].source == "OPEN"
    later = {"USD": Reference(Fraction(2), known["USD"].day_us + 1, "ECB")}
    assert newest(later, read_central_bank(FILE))["USD"].per_euro == 2


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"<html", "no XML"),
        (b"<html/>", "0 days"),
        (FILE.replace(b"2026-11-02", b"yesterday"), "no day"),
        (FILE.replace(b"1.1200", b"-1"), "a euro is '-1'"),
        (FILE.replace(b"1.1200", b"0"), "a euro is '0'"),
        (FILE.replace(b"1.1200", b"1e9"), "a euro is '1e9'"),
        (FILE.replace(b"JPY", b"YEN!"), "in 'YEN!'"),
        (b"<a><Cube time='2026-11-02'/></a>", "no rates"),
    ],
)
def test_anything_else_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(RatesUnusable, match=why):
        read_central_bank(content)
