"""The signer: what it refuses and why, what it remembers, and that one reference is never paid twice."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

from rialto.custody.chains.adapter import HotAddress, Payment
from rialto.custody.signing.effects import Effects
from rialto.custody.signing.keeper import Keeper
from rialto.custody.signing.keys import Curve
from rialto.custody.signing.requests import Purpose, Refusal, SignerUnavailable, SigningRefused, SigningRequest
from rialto.foundation.clock import SettableClock
from tests.unit.custody.signing import glass
from tests.unit.custody.signing.glass import COLD, OTHER, STRANGER, approve, hot, pay, unsigned, withdrawal

HOUR_US = 3_600_000_000


@contextmanager
def signer(directory: Path, clock: SettableClock | None = None) -> Iterator[Keeper]:
    made = glass.keeper(directory, clock or SettableClock(1_000_000))
    try:
        yield made
    finally:
        made.book.close()


def refusal(keeper: Keeper, request: SigningRequest) -> Refusal:
    before = keeper.book.number
    with pytest.raises(SigningRefused) as refused:
        keeper.answer(request)
    assert keeper.book.number == before
    return refused.value.refusal


def again_at(keeper: Keeper, request: SigningRequest) -> int:
    with pytest.raises(SigningRefused) as refused:
        keeper.answer(request)
    return refused.value.again_at_us


def test_a_signature_is_of_the_digest_that_was_read(tmp_path: Path) -> None:
    request = withdrawal()
    with signer(tmp_path) as keeper:
        (signature,) = asyncio.run(keeper.sign(request))
    (digest,) = glass.GlassReader().read(request.unsigned).digests
    point = glass.keys().public_key("GLASS/1/0", Curve.SECP256K1)
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256K1(), point)
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    key.verify(utils.encode_dss_signature(r, s), digest, ec.ECDSA(utils.Prehashed(hashes.SHA256())))


def test_change_to_hot_addresses_is_no_payment(tmp_path: Path) -> None:
    with signer(tmp_path) as keeper:
        change = [pay(hot("2/3").address, 9_000_000)]
        keeper.answer(withdrawal(change=change))
        far = [pay(hot("2/77").address, 9_000_000)]
        assert refusal(keeper, withdrawal("w2", change=far, spends=("coin:9",))) is Refusal.DESTINATION
        claimed = withdrawal("w2", change=far, spends=("coin:9",))
        keeper.answer(msgspec.structs.replace(claimed, own=(hot("2/77"),)))


def test_a_false_claim_of_an_address_is_refused(tmp_path: Path) -> None:
    with signer(tmp_path) as keeper:
        request = withdrawal(change=[pay(OTHER, 9_000_000)])
        claimed = msgspec.structs.replace(request, own=(HotAddress(OTHER, "2/77"),))
        assert refusal(keeper, claimed) is Refusal.DESTINATION


@pytest.mark.parametrize(
    ("wanted", "request_"),
    [
        (Refusal.MALFORMED, SigningRequest(Purpose.WITHDRAWAL, (), unsigned(pay()))),
        (Refusal.MALFORMED, SigningRequest(Purpose.WITHDRAWAL, ("w1", "w1"), unsigned(pay(), pay(OTHER)))),
        (Refusal.MALFORMED, SigningRequest(Purpose.WITHDRAWAL, ("w1", "w2"), unsigned(pay()))),
        (Refusal.MALFORMED, SigningRequest(Purpose.WITHDRAWAL, ("w\n1",), unsigned(pay()))),
        (Refusal.MALFORMED, withdrawal("w" * 129)),
        (Refusal.NETWORK, withdrawal(payment=pay(contract="unknown"))),
        (Refusal.SOURCE, withdrawal(sources=[HotAddress(STRANGER, "1/0")])),
        (Refusal.SOURCE, withdrawal(sources=[hot("0/4")])),
        (Refusal.SOURCE, withdrawal(sources=[HotAddress(hot().address, "1/-0")])),
        (Refusal.SOURCE, withdrawal(sources=[HotAddress(hot().address, "1/2147483648")])),
        (Refusal.SOURCE, withdrawal(sources=[HotAddress(hot().address, "../1/0")])),
        (Refusal.FEE, withdrawal(fee=51)),
        (Refusal.AMOUNT, withdrawal(payment=pay(amount=1_001))),
        (Refusal.AMOUNT, withdrawal(payment=pay(amount=101, contract="token"))),
        (Refusal.APPROVAL, withdrawal(payment=pay(amount=501))),
        (Refusal.DESTINATION, SigningRequest(Purpose.SWEEP, ("s1",), unsigned(pay()))),
        (Refusal.DESTINATION, SigningRequest(Purpose.GAS, ("g1",), unsigned(pay(hot("0/5").address)))),
        (Refusal.DESTINATION, SigningRequest(Purpose.REFILL, ("r1",), unsigned(pay()))),
        (Refusal.DESTINATION, SigningRequest(Purpose.WITHDRAWAL, ("w1",), unsigned(pay(hot().address)))),
        (Refusal.REUSED, SigningRequest(Purpose.BUMP, ("w1",), unsigned(pay()))),
    ],
)
def test_refused(tmp_path: Path, wanted: Refusal, request_: SigningRequest) -> None:
    with signer(tmp_path) as keeper:
        assert refusal(keeper, request_) is wanted


def test_what_the_transaction_does_counts_and_not_what_is_said_of_it(tmp_path: Path) -> None:
    honest, theft = withdrawal(), withdrawal(payment=pay(OTHER))
    replace = msgspec.structs.replace
    with signer(tmp_path) as keeper:
        tampered = replace(honest, unsigned=replace(honest.unsigned, body=theft.unsigned.body))
        assert refusal(keeper, tampered) is Refusal.DESTINATION
        more = replace(
            honest, unsigned=replace(honest.unsigned, body=withdrawal(payment=pay(amount=101)).unsigned.body)
        )
        assert refusal(keeper, more) is Refusal.DESTINATION
        tagged = replace(honest, unsigned=replace(honest.unsigned, body=withdrawal(payment=pay(tag="9")).unsigned.body))
        assert refusal(keeper, tagged) is Refusal.DESTINATION
        hidden = replace(honest, unsigned=replace(honest.unsigned, body=withdrawal(change=[pay(OTHER)]).unsigned.body))
        assert refusal(keeper, hidden) is Refusal.DESTINATION
        spends = replace(honest, unsigned=replace(honest.unsigned, spends=("coin:1",)))
        assert refusal(keeper, spends) is Refusal.UNREADABLE
        unreadable = replace(honest, unsigned=replace(honest.unsigned, body=b"\x00"))
        assert refusal(keeper, unreadable) is Refusal.UNREADABLE
        dear = replace(honest, unsigned=replace(withdrawal(fee=51).unsigned, fee_max=10))
        assert refusal(keeper, dear) is Refusal.FEE
        unknown = replace(honest, unsigned=replace(honest.unsigned, network="OTHER"))
        assert refusal(keeper, unknown) is Refusal.NETWORK
        family = replace(honest, unsigned=replace(honest.unsigned, family="bitcoin"))
        assert refusal(keeper, family) is Refusal.NETWORK


def test_moves_between_our_own_addresses(tmp_path: Path) -> None:
    with signer(tmp_path) as keeper:
        deposit = hot("0/5")
        sweep = unsigned(pay(hot().address, 10**30), sources=[deposit])
        keeper.answer(SigningRequest(Purpose.SWEEP, ("s1",), sweep))
        keeper.answer(SigningRequest(Purpose.REFILL, ("r1",), unsigned(pay(COLD, 10**30), spends=("coin:1",))))
        gas = SigningRequest(
            Purpose.GAS, ("g1",), unsigned(pay(deposit.address, 7), spends=("coin:2",)), own=(deposit,)
        )
        keeper.answer(gas)


def test_velocity_is_kept_over_a_restart(tmp_path: Path) -> None:
    clock = SettableClock(1_000_000)
    big = [approve(withdrawal(f"w{n}", pay(amount=1_000), spends=[f"coin:{n}"]), "ada", "ben") for n in range(6)]
    with signer(tmp_path, clock) as keeper:
        keeper.answer(big[0])
        keeper.answer(big[1])
        assert refusal(keeper, big[2]) is Refusal.VELOCITY
    with signer(tmp_path, clock) as keeper:
        assert refusal(keeper, withdrawal("small", pay(amount=1))) is Refusal.VELOCITY
        keeper.answer(withdrawal("token", pay(amount=100, contract="token"), spends=["coin:50"]))
        clock.advance(HOUR_US - 1)
        assert refusal(keeper, big[2]) is Refusal.VELOCITY
        clock.advance(1)
        keeper.answer(big[2])
        keeper.answer(big[3])
        clock.advance(HOUR_US)
        keeper.answer(big[4])
        assert refusal(keeper, big[5]) is Refusal.VELOCITY
    with signer(tmp_path, clock) as keeper:
        assert refusal(keeper, big[5]) is Refusal.VELOCITY
        clock.advance(22 * HOUR_US)
        keeper.answer(big[5])


def test_it_is_told_from_when_on_limits_leave_room(tmp_path: Path) -> None:
    clock = SettableClock(1_000_000)
    big = [approve(withdrawal(f"w{n}", pay(amount=1_000), spends=[f"coin:{n}"]), "ada", "ben") for n in range(6)]
    with signer(tmp_path, clock) as keeper:
        keeper.answer(big[0])
        clock.advance(10_000_000)
        keeper.answer(big[1])
        assert again_at(keeper, big[2]) == 1_000_000 + HOUR_US
        two = approve(withdrawal("both", pay(amount=1_000), spends=["coin:9"]), "ada", "ben")
        clock.move_to(1_000_000 + HOUR_US)
        keeper.answer(big[2])
        assert again_at(keeper, two) == 11_000_000 + HOUR_US
        clock.move_to(11_000_000 + HOUR_US)
        keeper.answer(big[3])
        clock.advance(HOUR_US)
        keeper.answer(big[4])
        assert again_at(keeper, two) == 1_000_000 + 24 * HOUR_US
        clock.move_to(1_000_000 + 24 * HOUR_US)
        keeper.answer(two)


def test_a_clock_that_is_set_back_gives_nothing_back(tmp_path: Path) -> None:
    with signer(tmp_path, SettableClock(30 * HOUR_US)) as keeper:
        for number in range(2):
            request = withdrawal(f"w{number}", pay(amount=1_000), spends=[f"coin:{number}"])
            keeper.answer(approve(request, "ada", "ben"))
    with signer(tmp_path, SettableClock(HOUR_US)) as keeper:
        assert refusal(keeper, withdrawal("w9", spends=["coin:9"])) is Refusal.VELOCITY


def test_fees_of_a_day_are_bounded(tmp_path: Path) -> None:
    with signer(tmp_path) as keeper:
        for number in range(20):
            moved = unsigned(pay(COLD, 1), fee=50, spends=[f"coin:{number}"])
            keeper.answer(SigningRequest(Purpose.REFILL, (f"r{number}",), moved))
        last = unsigned(pay(COLD, 1), fee=1, spends=["coin:99"])
        assert refusal(keeper, SigningRequest(Purpose.REFILL, ("r99",), last)) is Refusal.FEE
        assert again_at(keeper, SigningRequest(Purpose.REFILL, ("r99",), last)) == 1_000_000 + 24 * HOUR_US


def test_approvals(tmp_path: Path) -> None:
    request = withdrawal(payment=pay(amount=501))
    with signer(tmp_path) as keeper:
        assert refusal(keeper, approve(request, "ada")) is Refusal.APPROVAL
        assert refusal(keeper, approve(request, "ada", "ada")) is Refusal.APPROVAL
        assert refusal(keeper, approve(request, "ada", "ben", of=pay(OTHER, 501))) is Refusal.APPROVAL
        assert refusal(keeper, approve(request, "ada", "ben", of=pay(amount=502))) is Refusal.APPROVAL
        one, two = approve(request, "ada", "ben").approvals
        stolen = msgspec.structs.replace(one, operator="cyd")
        assert refusal(keeper, msgspec.structs.replace(request, approvals=(two, stolen))) is Refusal.APPROVAL
        unknown = msgspec.structs.replace(one, operator="eve")
        assert refusal(keeper, msgspec.structs.replace(request, approvals=(one, two, unknown))) is Refusal.APPROVAL
        elsewhere = msgspec.structs.replace(one, reference="w2")
        assert refusal(keeper, msgspec.structs.replace(request, approvals=(one, two, elsewhere))) is Refusal.APPROVAL
        keeper.answer(approve(request, "ada", "cyd"))
        # Another payment of the same amount needs approvals of its own.
        again = msgspec.structs.replace(withdrawal("w2", pay(amount=501), spends=["coin:1"]), approvals=(one, two))
        assert refusal(keeper, again) is Refusal.APPROVAL


def test_a_reference_is_for_one_payment_for_ever(tmp_path: Path) -> None:
    with signer(tmp_path) as keeper:
        keeper.answer(withdrawal())
    with signer(tmp_path) as keeper:
        for payment in (pay(OTHER), pay(amount=99), pay(contract="token"), pay(tag="1")):
            assert refusal(keeper, withdrawal(payment=payment)) is Refusal.REUSED
            bump = SigningRequest(Purpose.BUMP, ("w1",), unsigned(payment, fee=20))
            assert refusal(keeper, bump) is Refusal.REUSED
        assert refusal(keeper, withdrawal(spends=["coin:1"])) is Refusal.REUSED
        same = msgspec.structs.replace(withdrawal(), references=("w2",))
        assert refusal(keeper, same) is Refusal.REUSED


def test_a_replacement_excludes_every_one_before_it(tmp_path: Path) -> None:
    def bump(fee: int, *spends: str) -> SigningRequest:
        return SigningRequest(Purpose.BUMP, ("w1",), unsigned(pay(amount=1_000), fee=fee, spends=spends))

    with signer(tmp_path) as keeper:
        keeper.answer(approve(withdrawal(payment=pay(amount=1_000), spends=["a", "b"]), "ada", "ben"))
        assert refusal(keeper, bump(20, "c")) is Refusal.REUSED
        keeper.answer(bump(20, "b", "c"))
        assert refusal(keeper, bump(30, "c", "d")) is Refusal.REUSED
        keeper.answer(bump(30, "a", "c"))
        # Approved once, counted once.
        keeper.answer(approve(withdrawal("w2", pay(amount=1_000), spends=["e"]), "ada", "ben"))
        child = unsigned(pay(hot().address, 50), spends=["f"], fee=40)
        keeper.answer(SigningRequest(Purpose.BUMP, ("w1",), child))


def test_a_batch_settles_each_of_its_references(tmp_path: Path) -> None:
    with signer(tmp_path) as keeper:
        both = SigningRequest(Purpose.WITHDRAWAL, ("w1", "w2"), unsigned(pay(), pay(OTHER, 50)))
        keeper.answer(both)
        assert refusal(keeper, withdrawal("w2", pay(OTHER, 50), spends=["coin:1"])) is Refusal.REUSED
        swapped = SigningRequest(Purpose.BUMP, ("w2", "w1"), unsigned(pay(), pay(OTHER, 50), fee=20))
        assert refusal(keeper, swapped) is Refusal.REUSED
        # One of the two alone, so that the other can never be paid by the first any more, but only with its coin.
        keeper.answer(SigningRequest(Purpose.BUMP, ("w2",), unsigned(pay(OTHER, 50), fee=20)))


def test_asking_again_gives_the_same_answer(tmp_path: Path) -> None:
    with signer(tmp_path) as keeper:
        first = keeper.answer(withdrawal())
        assert keeper.answer(withdrawal()) == first
    with signer(tmp_path) as keeper:
        again = keeper.answer(withdrawal())
    assert (again.signatures, again.entry) == (first.signatures, first.entry)


def test_several_sources_sign_each_with_its_own_key(tmp_path: Path) -> None:
    with signer(tmp_path) as keeper:
        sources = [hot("1/0"), hot("2/4")]
        request = SigningRequest(Purpose.WITHDRAWAL, ("w1",), unsigned(pay(), sources=sources))
        answer = keeper.answer(request)
    digests = glass.GlassReader().read(request.unsigned).digests
    pairs = zip(("GLASS/1/0", "GLASS/2/4"), digests, strict=True)
    assert answer.signatures == tuple(glass.keys().sign(path, Curve.SECP256K1, digest) for path, digest in pairs)


def test_a_reader_that_wants_other_signatures_than_sources_is_refused(tmp_path: Path) -> None:
    request = withdrawal()
    body = msgspec.json.encode(glass.Body((pay(),), 10, ("coin:0",), sources=2))
    tampered = msgspec.structs.replace(request, unsigned=msgspec.structs.replace(request.unsigned, body=body))
    with signer(tmp_path) as keeper:
        assert refusal(keeper, tampered) is Refusal.UNREADABLE


def test_effects_without_spends_are_refused(tmp_path: Path) -> None:
    with signer(tmp_path) as keeper:
        assert refusal(keeper, withdrawal(spends=())) is Refusal.UNREADABLE
    assert Effects((Payment(OTHER, None, None, 1),), 0, (), ()).spends == ()


def test_after_it_has_stopped_nothing_is_signed(tmp_path: Path) -> None:
    keeper = glass.keeper(tmp_path, SettableClock(1))
    keeper.close()
    with pytest.raises(SignerUnavailable, match="stopped"):
        keeper.answer(withdrawal())
