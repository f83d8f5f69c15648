"""Passwords: what will not do is said, hashes are argon2id with the stated parameters, and hashing is bounded."""

import asyncio
import os
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from rialto.identity import passwords
from rialto.identity.hashing import Hashing, HashingBusy, HashingFailed
from rialto.identity.passwords import DECOY, Answer, Question, WeakPassword

GOOD = "seven Quiet lanterns"
NICEST = 19
EMAIL = "alice.liddell@example.com"


@pytest.mark.parametrize(
    "password",
    ["", "a" * 9, "x" * 129, "password1234", EMAIL, "Alice.Liddell", "aaaaaaaaaaaa", "qwertyuiop", "abcabcabcabc"],
)
def test_what_is_easily_guessed_will_not_do(password: str) -> None:
    with pytest.raises(WeakPassword) as weak:
        passwords.check(password, (EMAIL,))
    assert not password or password not in str(weak.value)


@pytest.mark.parametrize("password", [GOOD, "x9$Lq2!vTz", "правильная лошадь батарея", "é" * 3 + GOOD, "長い" + GOOD])
def test_what_is_hard_to_guess_does(password: str) -> None:
    passwords.check(password, (EMAIL,))


def test_hashes_are_argon2id_with_salts_of_their_own() -> None:
    first, second = passwords.hashed(GOOD), passwords.hashed(GOOD)
    assert first != second
    assert first.startswith("$argon2id$v=19$m=9216,t=4,p=1$")
    assert passwords.matches(GOOD, first)
    assert not passwords.matches(GOOD + "!", first)
    assert not passwords.matches(GOOD, "no hash")
    assert not passwords.is_outdated(first)


def test_the_same_letters_match_however_they_are_composed() -> None:
    assert passwords.matches("cafe\u0301 noir et sucre\u0301", passwords.hashed("caf\u00e9 noir et sucr\u00e9"))


def test_the_decoy_is_as_much_work_and_matches_nothing() -> None:
    assert not passwords.is_outdated(DECOY)
    assert not passwords.matches("", DECOY)
    assert passwords.answer(Question(GOOD, DECOY, ())) == Answer(matches=False, new_hash=None)


def test_an_outdated_hash_is_replaced_when_its_password_comes() -> None:
    old = PasswordHasher(1, 8_192, 1).hash(GOOD)
    answer = passwords.answer(Question(GOOD, old, ()))
    assert answer.matches
    assert answer.new_hash is not None
    assert passwords.matches(GOOD, answer.new_hash)


async def test_hashing_happens_in_a_process_of_its_own() -> None:
    hashing = Hashing(processes=1)
    try:
        stored = await hashing.hash(GOOD, (EMAIL,))
        assert (await hashing.matches(GOOD, stored)).matches
        assert not (await hashing.matches(GOOD, None)).matches
        with pytest.raises(WeakPassword, match="needs 10 or more"):
            await hashing.hash("short", ())
        (process,) = hashing._processes
        assert process.pid != os.getpid()
        niceness = int(Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[16])
        assert niceness == min(NICEST, os.nice(0) + passwords.NICENESS)
    finally:
        await hashing.stop()


async def test_beyond_what_may_wait_busy_is_said_at_once() -> None:
    hashing = Hashing(processes=1, waiting_max=1)
    try:
        answers = await asyncio.gather(*(hashing.hash(GOOD, ()) for _ in range(4)), return_exceptions=True)
        assert [type(answer) for answer in answers] == [str, str, HashingBusy, HashingBusy]
        assert hashing.asking == 0
    finally:
        await hashing.stop()


async def test_a_process_that_dies_is_replaced_and_answers_are_never_mixed_up() -> None:
    hashing = Hashing(processes=1)
    try:
        stored = await hashing.hash(GOOD, ())
        given_up = asyncio.create_task(hashing.matches(GOOD, stored))
        await asyncio.sleep(0)
        given_up.cancel()
        assert not (await hashing.matches("another one", stored)).matches
        (process,) = hashing._processes
        process.kill()
        await process.wait()
        assert (await hashing.matches(GOOD, stored)).matches
        (process,) = hashing._processes
        asking = asyncio.create_task(hashing.matches(GOOD, stored))
        await asyncio.sleep(0)
        process.kill()
        with pytest.raises(HashingFailed):
            await asking
    finally:
        await hashing.stop()
