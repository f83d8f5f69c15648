"""What proves a second factor, and that nothing proves it twice."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyotp
import pytest
from sqlalchemy import Engine, select

from rialto.foundation.database import Access, open_engine
from rialto.foundation.secrets import MasterKey
from rialto.identity.factors.attempts import FREE_ATTEMPTS
from rialto.identity.factors.challenges import CHALLENGES_PER_OWNER_MAX, LIFE_US
from rialto.identity.factors.factors import Factors
from rialto.identity.factors.kinds import (
    FactorExists,
    FactorKind,
    FactorProof,
    FactorRefused,
    NoSuchFactor,
    TooManyAttempts,
)
from rialto.identity.factors.passkeys import RelyingParty
from rialto.identity.factors.tables import authenticator_apps, factor_challenges
from tests.soft_passkey import SoftPasskey

ORIGIN = "https://exchange.example"
PARTY = RelyingParty("exchange.example", "Rialto", (ORIGIN,))
MASTER_KEY = MasterKey(bytes(32))
NOW_US = 1_700_000_000_000_000
STEP_US = 30_000_000
ALICE, BOB = 1, 2


@pytest.fixture
def engine(migrated_url: str) -> Iterator[Engine]:
    engine = open_engine(migrated_url, Access.DURABLE, connections=4)
    yield engine
    engine.dispose()


@pytest.fixture
def factors(engine: Engine) -> Factors:
    return Factors(engine, MASTER_KEY, PARTY)


def totp(code: str) -> FactorProof:
    return FactorProof(FactorKind.TOTP, code)


def recovery(code: str) -> FactorProof:
    return FactorProof(FactorKind.RECOVERY_CODE, code)


def code_of(secret: str, now_us: int) -> str:
    return pyotp.TOTP(secret).generate_otp(now_us // STEP_US)


def with_app(factors: Factors, owner: int = ALICE) -> tuple[str, tuple[str, ...]]:
    """Set an authenticator app up; return its secret and the recovery codes."""
    setup = factors.apps.begin(owner, "alice@example.com", NOW_US)
    return setup.secret, factors.confirm_app(owner, code_of(setup.secret, NOW_US), NOW_US)


def options_of(options: dict[str, Any] | None) -> dict[str, Any]:
    assert options is not None
    return options


def with_passkey(factors: Factors, owner: int = ALICE) -> tuple[SoftPasskey, str]:
    """Register a passkey; return it and its id."""
    passkey = SoftPasskey(ORIGIN)
    creation = factors.passkeys.begin_registration(owner, "alice@example.com", NOW_US)
    credential = passkey.create(options_of(creation.passkey_options))
    made, _ = factors.add_passkey(owner, creation.challenge, credential, "laptop", NOW_US)
    return passkey, made.id


def proof_by(factors: Factors, passkey: SoftPasskey, owner: int = ALICE) -> FactorProof:
    asked = factors.begin(owner, NOW_US)
    assert asked.challenge is not None
    return FactorProof(
        FactorKind.PASSKEY, challenge=asked.challenge, credential=passkey.answer(options_of(asked.passkey_options))
    )


def test_nobody_has_a_factor_to_begin_with(factors: Factors) -> None:
    assert factors.required_for(ALICE) == frozenset()
    assert factors.begin(ALICE, NOW_US).kinds == ()


def test_an_app_counts_when_its_first_code_was_right(factors: Factors, engine: Engine) -> None:
    setup = factors.apps.begin(ALICE, "alice@example.com", NOW_US)
    assert setup.secret not in repr(setup)
    assert setup.uri.startswith("otpauth://totp/Rialto:alice%40example.com?")
    assert setup.qr_svg.startswith("<svg")
    with engine.connect() as connection:
        sealed = connection.scalar(select(authenticator_apps.c.sealed_secret))
    assert sealed is not None
    assert setup.secret.encode() not in sealed
    with pytest.raises(FactorRefused):
        factors.check(ALICE, totp(code_of(setup.secret, NOW_US)), NOW_US)
    assert factors.required_for(ALICE) == frozenset()
    codes = factors.confirm_app(ALICE, code_of(setup.secret, NOW_US), NOW_US)
    assert len(set(codes)) == 10
    assert factors.required_for(ALICE) == {FactorKind.TOTP, FactorKind.RECOVERY_CODE}
    with pytest.raises(FactorExists):
        factors.apps.begin(ALICE, "alice@example.com", NOW_US)


def test_a_code_is_accepted_once_ever(factors: Factors, engine: Engine) -> None:
    secret, _ = with_app(factors)
    with pytest.raises(FactorRefused):
        factors.check(ALICE, totp(code_of(secret, NOW_US)), NOW_US)
    later_us = NOW_US + STEP_US
    assert factors.check(ALICE, totp(code_of(secret, later_us)), later_us) is FactorKind.TOTP
    restarted = Factors(engine, MASTER_KEY, PARTY)
    for code in (code_of(secret, later_us), code_of(secret, NOW_US)):
        with pytest.raises(FactorRefused):
            restarted.check(ALICE, totp(code), later_us)


def test_of_two_at_once_one_is_accepted(factors: Factors) -> None:
    secret, _ = with_app(factors)
    later_us = NOW_US + STEP_US
    code = code_of(secret, later_us)

    def accepted(_: int) -> bool:
        try:
            factors.apps.check(ALICE, code, later_us)
        except FactorRefused:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(accepted, range(8))) == 1


@pytest.mark.parametrize(("steps", "is_accepted"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_clocks_may_be_one_step_off(factors: Factors, steps: int, is_accepted: bool) -> None:
    secret, _ = with_app(factors)
    later_us = NOW_US + 10 * STEP_US
    proof = totp(code_of(secret, later_us + steps * STEP_US))
    if is_accepted:
        factors.check(ALICE, proof, later_us)
    else:
        with pytest.raises(FactorRefused):
            factors.check(ALICE, proof, later_us)


def test_guessing_is_made_to_wait_and_recovery_codes_are_not(factors: Factors) -> None:
    secret, codes = with_app(factors)
    later_us = NOW_US + STEP_US
    for _ in range(FREE_ATTEMPTS):
        with pytest.raises(FactorRefused):
            factors.check(ALICE, totp("no"), later_us)
    right = totp(code_of(secret, later_us))
    with pytest.raises(TooManyAttempts) as waiting:
        factors.check(ALICE, right, later_us)
    assert waiting.value.until_us == later_us + 30_000_000
    factors.check(ALICE, recovery(codes[0]), later_us)
    factors.check(ALICE, right, waiting.value.until_us)
    # A right code clears the count.
    with pytest.raises(FactorRefused):
        factors.check(ALICE, totp("no"), waiting.value.until_us)


def test_each_further_guess_waits_longer(factors: Factors) -> None:
    with_app(factors)
    now_us, waits = NOW_US, []
    for _ in range(FREE_ATTEMPTS + 12):
        try:
            factors.check(ALICE, totp("no"), now_us)
        except TooManyAttempts as waiting:
            waits.append(waiting.until_us - now_us)
            now_us = waiting.until_us
        except FactorRefused:
            continue
    assert waits == sorted(waits)
    assert waits[:2] == [30_000_000, 60_000_000]


def test_recovery_codes_are_good_once_however_they_are_spelt(factors: Factors) -> None:
    _, codes = with_app(factors)
    factors.check(ALICE, recovery(codes[0].lower().replace("-", " ")), NOW_US)
    with pytest.raises(FactorRefused):
        factors.check(ALICE, recovery(codes[0]), NOW_US)
    assert factors.held_by(ALICE).recovery_codes_left == 9
    renewed = factors.recovery_codes.renew(ALICE)
    with pytest.raises(FactorRefused):
        factors.check(ALICE, recovery(codes[1]), NOW_US)
    with pytest.raises(FactorRefused):
        factors.check(BOB, recovery(renewed[0]), NOW_US)
    factors.check(ALICE, recovery(renewed[0]), NOW_US)


def test_another_persons_code_proves_nothing(factors: Factors) -> None:
    secret, _ = with_app(factors, ALICE)
    with_app(factors, BOB)
    later_us = NOW_US + STEP_US
    with pytest.raises(FactorRefused):
        factors.check(BOB, totp(code_of(secret, later_us)), later_us)


def test_a_passkey_proves_its_owner_once(factors: Factors) -> None:
    passkey, _ = with_passkey(factors)
    proof = proof_by(factors, passkey)
    assert factors.check(ALICE, proof, NOW_US) is FactorKind.PASSKEY
    with pytest.raises(FactorRefused):
        factors.check(ALICE, proof, NOW_US)


def test_a_passkey_proves_nothing_for_another(factors: Factors) -> None:
    passkey, _ = with_passkey(factors, ALICE)
    with_passkey(factors, BOB)
    with pytest.raises(FactorRefused):
        factors.check(BOB, proof_by(factors, passkey, ALICE), NOW_US)
    with pytest.raises(FactorRefused):
        factors.check(BOB, proof_by(factors, passkey, BOB), NOW_US)


def test_a_challenge_expires(factors: Factors) -> None:
    passkey, _ = with_passkey(factors)
    proof = proof_by(factors, passkey)
    with pytest.raises(FactorRefused):
        factors.check(ALICE, proof, NOW_US + LIFE_US)


def test_an_answer_given_on_another_site_is_refused(factors: Factors) -> None:
    passkey, _ = with_passkey(factors)
    passkey.origin = "https://exchange.example.evil"
    with pytest.raises(FactorRefused):
        factors.check(ALICE, proof_by(factors, passkey), NOW_US)


def test_a_copy_that_counts_backwards_is_refused(factors: Factors) -> None:
    passkey, _ = with_passkey(factors)
    factors.check(ALICE, proof_by(factors, passkey), NOW_US)
    passkey.device.sign_count = 0
    with pytest.raises(FactorRefused):
        factors.check(ALICE, proof_by(factors, passkey), NOW_US)


def test_challenges_of_one_purpose_serve_no_other(factors: Factors) -> None:
    passkey, _ = with_passkey(factors)
    asked = factors.begin_login(NOW_US)
    assert asked.challenge is not None
    credential = passkey.answer(options_of(asked.passkey_options))
    proof = FactorProof(FactorKind.PASSKEY, challenge=asked.challenge, credential=credential)
    with pytest.raises(FactorRefused):
        factors.check(ALICE, proof, NOW_US)
    with pytest.raises(FactorRefused):
        factors.check_login(proof_by(factors, passkey), NOW_US)


def test_a_passkey_alone_tells_who_logs_in(factors: Factors) -> None:
    passkey, _ = with_passkey(factors, BOB)
    asked = factors.begin_login(NOW_US)
    assert asked.challenge is not None
    credential = passkey.answer(options_of(asked.passkey_options))
    proof = FactorProof(FactorKind.PASSKEY, challenge=asked.challenge, credential=credential)
    assert factors.check_login(proof, NOW_US) == BOB
    with pytest.raises(FactorRefused):
        factors.check_login(proof, NOW_US)


def test_a_passkey_alone_must_have_verified_its_holder(factors: Factors) -> None:
    passkey, _ = with_passkey(factors)
    passkey.verifies = False
    factors.check(ALICE, proof_by(factors, passkey), NOW_US)
    asked = factors.begin_login(NOW_US)
    assert asked.challenge is not None
    credential = passkey.answer(options_of(asked.passkey_options))
    with pytest.raises(FactorRefused):
        factors.check_login(FactorProof(FactorKind.PASSKEY, challenge=asked.challenge, credential=credential), NOW_US)


@pytest.mark.parametrize("credential", ["", "{}", "[]", "null", "x" * 10_000, '{"id": 1, "rawId": [], "response": 3}'])
def test_what_is_no_answer_is_refused(factors: Factors, credential: str) -> None:
    with_passkey(factors)
    for register in (True, False):
        if register:
            creation = factors.passkeys.begin_registration(ALICE, "alice", NOW_US)
            with pytest.raises(FactorRefused):
                factors.add_passkey(ALICE, creation.challenge, credential, "x", NOW_US)
        else:
            asked = factors.begin(ALICE, NOW_US)
            proof = FactorProof(FactorKind.PASSKEY, challenge=asked.challenge or "", credential=credential)
            with pytest.raises(FactorRefused):
                factors.check(ALICE, proof, NOW_US)


def test_challenges_are_bounded(factors: Factors, engine: Engine) -> None:
    with_passkey(factors)
    newest = [factors.begin(ALICE, NOW_US + n).challenge for n in range(3 * CHALLENGES_PER_OWNER_MAX)][-1]
    with engine.connect() as connection:
        names = connection.execute(select(factor_challenges.c.id)).scalars().all()
    assert len(names) == CHALLENGES_PER_OWNER_MAX
    assert newest in names


def test_to_remove_a_factor_another_is_shown(factors: Factors) -> None:
    secret, codes = with_app(factors)
    passkey, passkey_id = with_passkey(factors)
    later_us = NOW_US + STEP_US
    with pytest.raises(FactorRefused):
        factors.remove_app(ALICE, totp(code_of(secret, later_us)), later_us)
    with pytest.raises(FactorRefused):
        factors.remove_passkey(ALICE, passkey_id, proof_by(factors, passkey), NOW_US)
    with pytest.raises(NoSuchFactor):
        factors.remove_passkey(ALICE, "another", recovery(codes[0]), NOW_US)
    factors.remove_app(ALICE, proof_by(factors, passkey), NOW_US)
    assert factors.required_for(ALICE) == {FactorKind.PASSKEY, FactorKind.RECOVERY_CODE}
    factors.remove_passkey(ALICE, passkey_id, recovery(codes[0]), NOW_US)
    assert factors.held_by(ALICE).recovery_codes_left == 0
    assert factors.required_for(ALICE) == frozenset()


def test_of_two_passkeys_one_removes_the_other(factors: Factors) -> None:
    first, first_id = with_passkey(factors)
    _, second_id = with_passkey(factors)
    factors.remove_passkey(ALICE, second_id, proof_by(factors, first), NOW_US)
    assert [held.id for held in factors.held_by(ALICE).passkeys] == [first_id]


def test_proofs_do_not_show_what_they_are() -> None:
    assert "123456" not in repr(totp("123456"))


def test_everything_of_a_person_is_forgotten(factors: Factors) -> None:
    with_app(factors, ALICE)
    with_passkey(factors, ALICE)
    with_app(factors, BOB)
    factors.forget(ALICE)
    assert factors.required_for(ALICE) == frozenset()
    assert FactorKind.TOTP in factors.required_for(BOB)
