"""The book of addresses: no place twice, one address an owner, whoever asks and however often it starts."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine

from rialto.custody.addresses.book import AddressBook, NoSuchNetwork, tag_of
from rialto.custody.networks.configuration import parse_networks
from rialto.custody.networks.registry import Holdings
from rialto.foundation.database import Access, open_engine
from tests.custody_exchange import NETWORKS
from tests.model_chain import ModelChain


@pytest.fixture
def engine(migrated_url: str) -> Iterator[Engine]:
    made = open_engine(migrated_url, Access.DURABLE, connections=4)
    yield made
    made.dispose()


def book_on(engine: Engine) -> AddressBook:
    networks = parse_networks(NETWORKS, "it")
    adapters = {name: ModelChain(each.network) for name, each in networks.by_name.items()}
    book = AddressBook(engine, Holdings(networks, adapters), lambda: 7)
    book.refresh()
    return book


def test_an_owner_has_one_address_on_a_network_also_after_a_restart(engine: Engine) -> None:
    book = book_on(engine)
    first = book.of(1, "ETH")
    assert book.of(1, "ETH") == first
    assert book.of(2, "ETH").address != first.address
    again = book_on(engine)
    assert again.of(1, "ETH") == first
    assert again.of(3, "ETH").place == 2
    assert again.owner_of("ETH", first.address, None) == 1
    assert again.owner_of("ETH", "eth:else", None) is None
    with pytest.raises(NoSuchNetwork, match="no network XRP; there are ETH, TAG"):
        again.of(1, "XRP")


def test_many_at_once_get_one_each_and_no_place_twice(engine: Engine) -> None:
    books = [book_on(engine) for _ in range(3)]
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda each: books[each % 3].of(each % 10, "ETH"), range(60)))
    by_owner = {each.owner: each for each in found}
    assert all(by_owner[each.owner] == each for each in found)
    assert len({each.place for each in by_owner.values()}) == 10
    for book in books:
        book.refresh()
        assert {each.address for each in by_owner.values()} <= book.watched("ETH")


def test_where_there_are_tags_the_address_is_shared_and_the_tag_is_not(engine: Engine) -> None:
    book = book_on(engine)
    alice, bob = book.of(1, "TAG"), book.of(2, "TAG")
    assert alice.address == bob.address
    assert alice.tag != bob.tag
    assert book.owner_of("TAG", alice.address, f" {alice.tag} ") == 1
    assert book.owner_of("TAG", alice.address, None) is None
    assert book.watched("TAG") == {alice.address, book.hot("TAG")[0].address}
    assert [each.path for each in book.depositing("TAG")] == ["0/0"]


def test_no_tag_is_another_with_one_digit_wrong_or_two_swapped() -> None:
    tags = {tag_of(place) for place in range(2_000)}
    assert len(tags) == 2_000
    for tag in sorted(tags)[:200]:
        for place, digit in enumerate(tag):
            others = {tag[:place] + other + tag[place + 1 :] for other in "0123456789" if other != digit}
            assert not others & tags
            swapped = tag[:place] + tag[place : place + 2][::-1] + tag[place + 2 :]
            assert swapped == tag or swapped not in tags
