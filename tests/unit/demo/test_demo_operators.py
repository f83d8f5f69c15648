"""Demo operators: they log in with what is printed, and are made for demonstrations alone."""

from pathlib import Path

import pyotp
import pytest

from rialto.demo.demo_operators import STEP_US, NoDemonstration, make_operators
from rialto.foundation.database import Access, open_engine
from rialto.foundation.secrets import MasterKey
from rialto.identity.factors.factors import Factors
from rialto.identity.factors.kinds import FactorKind, FactorProof
from rialto.identity.factors.passkeys import RelyingParty
from rialto.identity.operators import Operators, Role
from rialto.identity.people import People
from tests.unit.demo.founded import NOW_US, founded_exchange, identity, small

PARTY = RelyingParty("localhost", "Rialto", ("http://localhost:8000",))


async def test_demo_operators_log_in_with_what_is_printed(tmp_path: Path) -> None:
    async with founded_exchange(tmp_path, small()) as exchange:
        engine = open_engine(exchange.identity.url, Access.DURABLE)
        master_key = MasterKey.load_or_create(exchange.identity.master_key)
        made = make_operators(engine, master_key, PARTY, NOW_US)
        factors = Factors(engine, master_key, PARTY)
        for each in made:
            person = People(engine).find_by_email(each.email)
            assert person is not None
            assert Operators(engine).roles_of(person.owner) == frozenset(Role)
            code = pyotp.TOTP(each.app_secret).generate_otp(NOW_US // STEP_US)
            factors.check(person.owner, FactorProof(FactorKind.TOTP, code), NOW_US)
            factors.check(person.owner, FactorProof(FactorKind.RECOVERY_CODE, each.recovery_codes[0]), NOW_US)
            assert each.password not in repr(each)
        assert len({each.email for each in made}) == 2
        engine.dispose()


def test_nobody_is_made_operator_of_an_exchange_in_earnest(tmp_path: Path) -> None:
    with identity(tmp_path) as people:
        engine = open_engine(people.url, Access.DURABLE)
        with pytest.raises(NoDemonstration, match="rialto operator add"):
            make_operators(engine, MasterKey.load_or_create(people.master_key), PARTY, NOW_US)
        engine.dispose()
