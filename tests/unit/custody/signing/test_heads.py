"""What was seen of the signer's record is remembered; a record that was put back is noticed, and not asked."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from rialto.custody.signing.asking import SignerProcess
from rialto.custody.signing.book import FILE_NAME
from rialto.custody.signing.heads import Head, NotTheHead, SignerHeads, SignerPutBack
from rialto.custody.signing.requests import SignerUnavailable, SigningRefused, SigningRequest
from rialto.foundation.database import Access, open_engine
from tests.unit.custody.signing.glass import pay, withdrawal
from tests.unit.custody.signing.test_socket import served


def paying(reference: str, amount: int = 100) -> SigningRequest:
    return withdrawal(reference, pay(amount=amount), spends=(f"coin of {reference}",))


@pytest.fixture
def engine(migrated_url: str) -> Iterator[Engine]:
    engine = open_engine(migrated_url, Access.DURABLE)
    yield engine
    engine.dispose()


@pytest.fixture
def heads(engine: Engine) -> SignerHeads:
    return SignerHeads(engine, lambda: 7)


def test_the_furthest_is_remembered_and_another_of_its_number_is_refused(heads: SignerHeads) -> None:
    assert heads.last() is None
    for each in (Head(3, "c"), Head(2, "b"), Head(5, "e"), Head(5, "e")):
        heads.see(each)
    assert heads.last() == Head(5, "e")
    with pytest.raises(SignerPutBack, match="entry 5, head x"):
        heads.see(Head(5, "x"))
    heads.accept(Head(1, "y"), "operators")
    assert heads.last() == Head(1, "y")


def keeping(directory: Path, heads: SignerHeads) -> SignerProcess:
    return SignerProcess(directory / "signer.sock", directory / "access.key", heads)


def was_put_back(asking: SignerProcess) -> bool:
    return asking.is_put_back


def put_back(directory: Path, kept: Path) -> None:
    for each in directory.glob(f"{FILE_NAME}*"):
        each.unlink()
    shutil.copytree(kept, directory, dirs_exist_ok=True)


def copied(directory: Path, to: Path) -> Path:
    to.mkdir()
    for each in directory.glob(f"{FILE_NAME}*"):
        shutil.copy(each, to)
    return to


async def test_a_record_that_goes_on_is_asked(tmp_path: Path, heads: SignerHeads) -> None:
    seen = None
    for reference in ("w1", "w2"):
        async with served(tmp_path):
            asking = keeping(tmp_path, heads)
            await asking.sign(paying(reference))
            seen = heads.last()
            # Asked again, the first answer says less than is known already.
            await asking.sign(paying("w1"))
            assert heads.last() == seen
            await asking.close()
    assert seen is not None
    assert seen.entry == 2


async def test_a_record_that_was_put_back_is_not_asked_until_operators_accept_it(
    tmp_path: Path, heads: SignerHeads
) -> None:
    directory = tmp_path / "signer"
    directory.mkdir()
    async with served(directory):
        asking = keeping(directory, heads)
        await asking.sign(paying("w1"))
        await asking.close()
    kept = copied(directory, tmp_path / "kept")
    async with served(directory):
        asking = keeping(directory, heads)
        await asking.sign(paying("w2"))
        await asking.close()
    put_back(directory, kept)
    async with served(directory) as anyone:
        asking = keeping(directory, heads)
        with pytest.raises(SignerPutBack, match="put back or replaced"):
            await asking.sign(paying("w3"))
        with pytest.raises(SignerUnavailable):
            await asking.figures()
        assert was_put_back(asking)
        stands = await anyone.status()
        assert stands.entry == 1, "nothing was signed"
        # Longer than what was seen, but not going on from it.
        await anyone.sign(paying("w4"))
        await anyone.sign(paying("w5"))
        with pytest.raises(SignerPutBack):
            await asking.sign(paying("w3"))
        stands = await anyone.status()
        with pytest.raises(NotTheHead):
            await asking.accept(Head(stands.entry, "00" * 32), "operators")
        await asking.accept(Head(stands.entry, stands.head), "operators")
        await asking.sign(paying("w3"))
        assert not was_put_back(asking)
        assert heads.last() == Head(4, (await anyone.status()).head)
        await asking.close()


async def test_figures_cross_the_socket(tmp_path: Path, heads: SignerHeads) -> None:
    async with served(tmp_path):
        asking = keeping(tmp_path, heads)
        for reference in ("w1", "w1", "w2"):
            await asking.sign(paying(reference))
        with pytest.raises(SigningRefused, match="signed for another"):
            await asking.sign(paying("w1", 401))
        told = await asking.figures()
        assert (told.entry, told.signed, told.refused) == (2, {"withdrawal": 2}, {"reused": 1})
        used = {(each.asset, each.limit): each.percent for each in told.limits}
        assert used == {
            ("GLS", "hour"): 10,
            ("GLS", "day"): 4,
            ("GLS", "fees"): 2,
            ("TOK", "hour"): 0,
            ("TOK", "day"): 0,
        }
        assert asking.took_us.count == 4
        await asking.close()
