"""The book of deposit addresses: who has which, and whose one is.

An address lies at `0/place` below the network's extended public key. A place is taken from a counter in the transaction
that writes the address, and no place is given out twice: not to two at once, not after a restart. On a network with
tags all owners share the address at `0/0`, and the place is turned into the owner's tag.

Owns the tables `deposit_addresses` and `address_places`, and keeps every address in memory: blocks are searched for
them. What other processes added is taken over by `refresh`.
"""

import threading
from collections.abc import Callable
from typing import Final

import msgspec
from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy.exc import IntegrityError

from rialto.custody.addresses.tables import address_places, deposit_addresses
from rialto.custody.chains.adapter import HotAddress
from rialto.custody.networks.registry import Holdings

SHARED_PATH: Final = "0/0"
CHANGE_PATH: Final = "2/0"
ATTEMPTS_MAX: Final = 10
OVERLAP: Final = 100
"""How many numbers are looked at again: two that were given out at once may be committed in the other order."""

TAG_BASE: Final = 10_000
_TAG_MODULUS: Final = 97


class NoSuchNetwork(Exception):
    """A network that is not configured."""


class DepositAddress(msgspec.Struct, frozen=True, array_like=True):
    """Where an owner's deposits on a network go."""

    number: int
    network: str
    owner: int
    place: int
    address: str
    tag: str
    """Empty where the network has none."""
    created_at_us: int


class AddressBook:
    """The addresses there are. What reads or writes the database blocks and belongs off the loop."""

    def __init__(self, engine: Engine, holdings: Holdings, now_us: Callable[[], int]) -> None:
        self._engine = engine
        self._holdings = holdings
        self._now_us = now_us
        self._last = 0
        self._lock = threading.Lock()
        self._watched: dict[str, frozenset[str]] = {}
        self._by_owner: dict[tuple[str, int], DepositAddress] = {}
        self._by_address: dict[str, dict[tuple[str, str], DepositAddress]] = {name: {} for name in holdings.names}
        self._shared = {
            name: holdings.adapter(name).derive(SHARED_PATH)
            for name in holdings.names
            if holdings.configured(name).is_tagged
        }
        self._hot = {
            name: tuple(
                HotAddress(holdings.adapter(name).derive(f"1/{place}"), f"1/{place}")
                for place in range(holdings.configured(name).hot_addresses)
            )
            for name in holdings.names
        }
        self._tiers = {name: frozenset(tier.home.address for tier in holdings.tiers(name)) for name in holdings.names}

    def refresh(self) -> None:
        """Take over what was added since, here or elsewhere."""
        statement = select(deposit_addresses).where(deposit_addresses.c.number > self._last - OVERLAP)
        with self._engine.connect() as connection:
            rows = connection.execute(statement.order_by(deposit_addresses.c.number)).all()
        with self._lock:
            for row in rows:
                self._keep(msgspec.convert(tuple(row), DepositAddress))

    def of(self, owner: int, network: str) -> DepositAddress:
        """Return an owner's address on a network, made now if there was none.

        Errors: `NoSuchNetwork`.
        """
        if network not in self._by_address:
            raise NoSuchNetwork(f"there is no network {network}; there are {', '.join(self._holdings.names)}")
        for _ in range(ATTEMPTS_MAX):
            found = self.find(owner, network)
            if found is not None:
                return found
            try:
                with self._engine.begin() as connection:
                    self._add(connection, owner, network)
            except IntegrityError:
                # Another process was quicker; what it wrote is there to be read.
                pass
            self.refresh()
        raise RuntimeError(f"no address of {network} could be given to owner {owner}")

    def find(self, owner: int, network: str) -> DepositAddress | None:
        """Return an owner's address on a network if there is one known here."""
        return self._by_owner.get((network, owner))

    def owner_of(self, network: str, address: str, tag: str | None) -> int | None:
        """Tell whose deposits an address and tag take, if anybody's."""
        if network in self._shared:
            found = self._by_address[network].get((address, (tag or "").strip()))
        else:
            found = self._by_address[network].get((address, ""))
        return None if found is None else found.owner

    def watched(self, network: str) -> frozenset[str]:
        """Return every address of ours on a network that something may be sent to."""
        with self._lock:
            found = self._watched.get(network)
            if found is None:
                depositing = {address for address, _ in self._by_address[network]}
                shared = {self._shared[network]} if network in self._shared else set()
                hot = {each.address for each in self._hot[network]}
                found = frozenset(depositing | shared | hot | self._tiers[network])
                self._watched[network] = found
            return found

    def holding(self, network: str) -> frozenset[str]:
        """Return every address of ours that may hold something on a network, those for change included."""
        return self.watched(network) | {self._holdings.adapter(network).derive(CHANGE_PATH)}

    def depositing(self, network: str) -> list[HotAddress]:
        """List the addresses that take deposits on a network, with their places: what is swept."""
        if network in self._shared:
            return [HotAddress(self._shared[network], SHARED_PATH)]
        with self._lock:
            return [HotAddress(each.address, f"0/{each.place}") for each in self._by_address[network].values()]

    def hot(self, network: str) -> tuple[HotAddress, ...]:
        """List the addresses that pay on a network."""
        return self._hot[network]

    def is_house(self, network: str, address: str) -> bool:
        """Tell whether what others send to an address is the house's: a hot one, or one of the tiers behind."""
        return address in self._tiers[network] or any(address == each.address for each in self._hot[network])

    def is_ours(self, network: str, address: str) -> bool:
        """Tell whether an address is one of ours, whatever the tag."""
        return address in self.watched(network)

    def _add(self, connection: Connection, owner: int, network: str) -> None:
        advance = update(address_places).where(address_places.c.network == network)
        advance = advance.values(next_place=address_places.c.next_place + 1)
        following = connection.execute(advance.returning(address_places.c.next_place)).scalar()
        if following is None:
            following = 1
            connection.execute(insert(address_places).values(network=network, next_place=following))
        place = following - 1
        shared = self._shared.get(network)
        values = {
            "network": network,
            "owner": owner,
            "place": place,
            "address": self._holdings.adapter(network).derive(f"0/{place}") if shared is None else shared,
            "tag": "" if shared is None else tag_of(place),
            "created_at_us": self._now_us(),
        }
        connection.execute(insert(deposit_addresses).values(values))

    def _keep(self, found: DepositAddress) -> None:
        self._last = max(self._last, found.number)
        if found.network in self._by_address:
            self._by_owner[found.network, found.owner] = found
            known = self._by_address[found.network]
            if (found.address, found.tag) not in known:
                self._watched.pop(found.network, None)
            known[found.address, found.tag] = found


def tag_of(place: int) -> str:
    """Spell the tag of a place: digits with two more that a single wrong or swapped one does not match (ISO 7064)."""
    base = TAG_BASE + place
    return f"{base}{98 - base * 100 % _TAG_MODULUS:02d}"
