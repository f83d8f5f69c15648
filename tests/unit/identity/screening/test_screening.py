"""Screening of names: who is found however they are spelt, who is not, and lists that cannot be read."""

from pathlib import Path

import pytest

from rialto.identity.screening.entries import Listed, ListUnusable
from rialto.identity.screening.lists import read_list
from rialto.identity.screening.matching import Screen

HEAD = "name,aliases,birth_date,countries,reference\n"
ENTRIES = [
    Listed(("Dmitri Ivanovich Volkov", "Dima Volkov"), ("1961-04-02",), ("RU",), "A-1"),
    Listed(("Mohammed Abdul Rahman al-Haddad",), ("1970",), ("SY",), "A-2"),
    Listed(("Zoë Ångström-Müller",), (), ("SE",), "A-3"),
    Listed(("Kim Yong Chol",), ("1955-07-15",), ("KP",), "A-4"),
]
MEANT = [
    ("Дмитрий Иванович Волков", "1961-04-02", "RU", "A-1"),
    ("VOLKOV, Dmitriy Ivanovich", "1961-04-02", "RU", "A-1"),
    ("Dima Volkov", "", "", "A-1"),
    ("Muhammad Abdul Rahman Al Haddad", "1970-03-01", "SY", "A-2"),
    ("Mohamed Abdulrahman al-Haddad", "1970-12-12", "SY", "A-2"),
    ("Zoe Angstrom Muller", "1990-01-01", "SE", "A-3"),
    ("Yong-Chol Kim", "1955-07-15", "KP", "A-4"),
]
OTHERS = [
    ("Dmitri Ivanovich Volkov", "1999-09-09", "DE"),
    ("Dmitri Petrov", "1961-04-02", "RU"),
    ("Mohammed Salah", "1992-06-15", "EG"),
    ("Zoë Kravitz", "1988-12-01", "US"),
    ("Kim Min-seok", "1990-03-26", "KR"),
    ("Anna Müller", "1980-01-01", "DE"),
    ("Ivan Volkov", "1985-05-05", "RU"),
]


def test_recall_and_precision_on_what_is_labelled() -> None:
    screen = Screen(ENTRIES)
    found = [(reference, [hit.reference for hit in screen.hits(*about)]) for *about, reference in MEANT]
    assert [each for each in found if each[1] != [each[0]]] == []
    wrong = [(about[0], screen.hits(*about)) for about in OTHERS]
    hits_of_others = [each for each in wrong if each[1]]
    # One who shares the whole name is looked at by people even though the birth date is another.
    assert [name for name, _ in hits_of_others] == ["Dmitri Ivanovich Volkov"]


def test_a_hit_says_why() -> None:
    (hit,) = Screen(ENTRIES).hits("Dmitri Ivanovich Volkov", "1961-04-02", "RU")
    assert (hit.score, hit.why) == (100, "names alike 100, same birth date, same country")


def test_a_weak_alias_is_no_hit_by_itself() -> None:
    screen = Screen([Listed(("Karim Ousmane Traore",), ("1970", "1971-03-12"), ("ML",), "A-5", ("Abu Karim",))])
    assert screen.hits("Abu Karim") == []
    assert screen.hits("Abu Karim", "1999-01-01", "ML") == []
    (hit,) = screen.hits("Abu Karim", "1971-03-12")
    assert (hit.score, hit.why) == (91, "names alike 100, a weak alias, same birth date")
    assert [each.score for each in screen.hits("Abu Karim", "", "ML")] == [88]


def test_a_list_is_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(HEAD + '"Volkov, Dmitri",Dima Volkov; D. Volkov,1961,ru;BY,X-1\n', encoding="utf-8-sig")
    (entry,) = read_list(file)
    assert entry == Listed(("Volkov, Dmitri", "Dima Volkov", "D. Volkov"), ("1961",), ("RU", "BY"), "X-1")


@pytest.mark.parametrize("text", ["", "name\nA\n", HEAD + ",,,,\n", HEAD + "A,,\n", HEAD + "A,,,,,more\n"])
def test_what_is_no_list_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "list.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ListUnusable):
        read_list(file)
