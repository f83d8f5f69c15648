"""Everyone is screened again when the lists change, a batch at a time, whatever stops it; what was cleared stays so."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import Engine, insert

from rialto.foundation.database import Access, open_engine
from rialto.foundation.secrets import MasterKey
from rialto.identity.behaviour import BehaviourLog
from rialto.identity.mail import Mailer
from rialto.identity.people import People
from rialto.identity.screening.cases import NoSuchCase, ScreeningCases, ScreeningState
from rialto.identity.screening.rescreening import BATCH, Rescreening
from rialto.identity.screening.watching import WatchLists
from rialto.identity.verification.cases import Cases
from rialto.identity.verification.model import CaseState, Stated
from rialto.identity.verification.subjects import VerifiedPeople
from rialto.identity.verification.tables import verification_cases, verification_keys
from rialto.identity.verification.vault import Vault

NOW_US = 1_700_000_000_000_000
HEAD = "name,aliases,birth_date,countries,reference\n"
BY = ("olga", "otto")


@pytest.fixture
def engine(migrated_url: str) -> Iterator[Engine]:
    engine = open_engine(migrated_url, Access.DURABLE)
    yield engine
    engine.dispose()


class Bench:
    """Verified people, a list, and what screens the ones against the other."""

    def __init__(self, engine: Engine, data: Path) -> None:
        self.engine = engine
        self.file = data / "list.csv"
        self.list()
        self.people = People(engine)
        self.vault = Vault(MasterKey.load_or_create(data / "master.key"))
        self.lists = WatchLists([self.file])
        behaviour = BehaviourLog(engine)
        self.cases = ScreeningCases(self.people, behaviour)
        mailer = Mailer(engine, lambda: NOW_US, has_server=False)
        self.verification = Cases(engine, self.vault, self.people, behaviour, mailer, self.lists, self.cases)

    def list(self, *lines: str) -> None:
        self.file.write_text(HEAD + "".join(f"{line}\n" for line in lines), encoding="utf-8")

    def rescreening(self) -> Rescreening:
        """One that knows no more than the database does."""
        return Rescreening(self.engine, self.lists, self.cases, [VerifiedPeople(self.verification)])

    def screen(self) -> int:
        """Screen until everyone is; return how many steps that took."""
        rescreening, steps = self.rescreening(), 0
        while rescreening.step(NOW_US):
            steps += 1
        return steps

    def verified(self, name: str, parent: int | None = None) -> int:
        """Someone whose case was approved."""
        person = self.people.register(f"{name.replace(' ', '.')}@example.com", NOW_US, parent=parent)
        first, last = name.split(" ")
        stated = Stated(first, last, "1980-01-01", "DE", "Somewhere 1", "passport", "X1")
        values = {
            "owner": person.owner,
            "level": 1,
            "state": CaseState.APPROVED.value,
            "stated": b"",
            "reason": "",
            "submitted_at_us": NOW_US,
        }
        with self.vault.master_key.sealing(), self.engine.begin() as connection:
            made = insert(verification_cases).values(values).returning(verification_cases.c.id)
            number = connection.execute(made).scalar_one()
            sealed = self.vault.seal(connection, person.owner, f"case {number}", msgspec.msgpack.encode(stated))
            c = verification_cases.c
            connection.execute(verification_cases.update().where(c.id == number).values(stated=sealed))
        return person.owner


def test_a_stop_costs_no_more_than_a_batch(engine: Engine, tmp_path: Path) -> None:
    bench = Bench(engine, tmp_path)
    owners = [bench.verified(f"Number{number} Nobody") for number in range(BATCH + 1)]
    listed = bench.verified("Erika Mustermann")
    bench.list("Erika Mustermann,,1980,DE,L-1", "Number0 Nobody,,1980,DE,L-2")
    assert bench.lists.refresh() is True
    assert bench.rescreening().step(NOW_US) is True
    assert (bench.people.is_under_review(owners[0]), bench.people.is_under_review(listed)) == (True, False)
    opened = [case.owner for case in bench.cases.waiting()]
    # Another process goes on where this one stopped.
    assert bench.screen() == 2
    assert bench.people.is_under_review(listed)
    assert [case.owner for case in bench.cases.waiting()][: len(opened)] == opened
    assert bench.screen() == 0


def test_what_was_cleared_is_not_raised_again_and_a_changed_entry_is(engine: Engine, tmp_path: Path) -> None:
    bench = Bench(engine, tmp_path)
    erika = bench.verified("Erika Mustermann")
    child = bench.verified("Somebody Else", parent=erika)
    bench.list("Erika Mustermann,,1980,DE,L-1", "Erika Musterman,,1980,DE,L-2")
    bench.lists.refresh()
    bench.screen()
    first, second = bench.cases.waiting()
    assert {first.reference, second.reference} == {"L-1", "L-2"}
    bench.cases.clear(first.id, BY, "Someone else.", NOW_US)
    assert bench.people.is_under_review(erika)
    cleared = bench.cases.clear(second.id, BY, "Someone else.", NOW_US)
    assert (cleared.state, cleared.proposed_by, cleared.decided_by) == (ScreeningState.CLEARED, *BY)
    assert bench.cases.clear(second.id, BY, "Again.", NOW_US).reason == "Someone else."
    assert (bench.people.is_under_review(erika), bench.people.is_under_review(child)) == (False, False)
    bench.list("Erika Mustermann,,1980,DE,L-1", "Erika Musterman,,1980,DE,L-2", "Other Person,,,,L-3")
    bench.lists.refresh()
    bench.screen()
    assert bench.cases.waiting() == []
    bench.list("Erika Mustermann,,1980,DE,L-9")
    bench.lists.refresh()
    bench.screen()
    (anew,) = bench.cases.waiting()
    # Who is under review is so with their sub-accounts, also for another process.
    assert (People(engine).is_under_review(erika), People(engine).is_under_review(child)) == (True, True)
    bench.cases.confirm(anew.id, "olga", "It is her.", NOW_US)
    assert not bench.people.is_active(erika)
    bench.cases.clear(anew.id, BY, "It was not.", NOW_US)
    assert (bench.people.is_active(erika), bench.people.is_under_review(erika)) == (False, False)
    with pytest.raises(NoSuchCase):
        bench.cases.confirm(anew.id, "olga", "It is.", NOW_US)
    with pytest.raises(NoSuchCase):
        bench.cases.find(999)


def test_processes_with_other_lists_do_not_keep_each_other_from_coming_to_an_end(
    engine: Engine, tmp_path: Path
) -> None:
    bench = Bench(engine, tmp_path)
    for number in range(BATCH + 1):
        bench.verified(f"Number{number} Nobody")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "list.csv").write_text(HEAD + "Other Person,,,,L-9\n", encoding="utf-8")
    bench.list("Erika Mustermann,,1980,DE,L-1")
    bench.lists.refresh()
    elsewhere = WatchLists([tmp_path / "other" / "list.csv"])
    there = Rescreening(engine, elsewhere, bench.cases, [VerifiedPeople(bench.verification)])
    here = bench.rescreening()
    steps = [(here.step(NOW_US), there.step(NOW_US)) for _ in range(4)]
    assert steps == [(True, True), (True, True), (True, True), (False, False)]


def test_who_can_be_read_no_more_is_passed_over(engine: Engine, tmp_path: Path) -> None:
    bench = Bench(engine, tmp_path)
    gone, erika = bench.verified("Gone Person"), bench.verified("Erika Mustermann")
    with engine.begin() as connection:
        connection.execute(verification_keys.delete().where(verification_keys.c.owner == gone))
    bench.list("Erika Mustermann,,1980,DE,L-1")
    bench.lists.refresh()
    bench.screen()
    assert [case.owner for case in bench.cases.waiting()] == [erika]
