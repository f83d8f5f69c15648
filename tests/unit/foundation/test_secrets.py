"""The master key is guarded, and what it sealed opens only whole, in its place, under it."""

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rialto.foundation.secrets import BrokenSeal, MasterKey, MasterKeyUnusable

KEY = MasterKey(bytes(range(32)))
OTHER_KEY = MasterKey(bytes(range(1, 33)))


def test_the_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new" / "master.key"
    sealed = MasterKey.load_or_create(path).seal(b"plain", b"row 1")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [entry.name for entry in path.parent.iterdir()] == ["master.key"]
    assert MasterKey.load_or_create(path).unseal(sealed, b"row 1") == b"plain"


def test_two_directories_have_two_keys(tmp_path: Path) -> None:
    sealed = MasterKey.load_or_create(tmp_path / "a" / "key").seal(b"plain", b"")
    with pytest.raises(BrokenSeal, match="the master key is not the one"):
        MasterKey.load_or_create(tmp_path / "b" / "key").unseal(sealed, b"")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601])
def test_a_key_that_others_can_use_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "master.key"
    MasterKey.load_or_create(path)
    path.chmod(mode)
    with pytest.raises(MasterKeyUnusable, match=f"has mode {mode:04o}.*chmod 600"):
        MasterKey.load_or_create(path)


@pytest.mark.parametrize("text", ["", "00" * 31, "00" * 33, "zz" * 32, "é" * 32])
def test_a_file_without_a_key_is_refused_and_kept(tmp_path: Path, text: str) -> None:
    path = tmp_path / "master.key"
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(MasterKeyUnusable, match="does not hold 64 hexadecimal digits"):
        MasterKey.load_or_create(path)
    assert path.read_text(encoding="utf-8") == text


@given(plain=st.binary(max_size=200), belongs_to=st.binary(max_size=50))
def test_what_is_sealed_opens(plain: bytes, belongs_to: bytes) -> None:
    sealed = KEY.seal(plain, belongs_to)
    assert KEY.unseal(sealed, belongs_to) == plain
    assert KEY.seal(plain, belongs_to) != sealed
    with pytest.raises(BrokenSeal):
        OTHER_KEY.unseal(sealed, belongs_to)
    with pytest.raises(BrokenSeal):
        KEY.unseal(sealed, belongs_to + b"x")


@given(data=st.data())
def test_an_altered_envelope_does_not_open(data: st.DataObject) -> None:
    sealed = bytearray(KEY.seal(b"plain text", b"row"))
    position = data.draw(st.integers(0, len(sealed) - 1))
    sealed[position] ^= data.draw(st.integers(1, 255))
    with pytest.raises(BrokenSeal):
        KEY.unseal(bytes(sealed), b"row")


@given(length=st.integers(0, 38))
def test_a_cut_envelope_does_not_open(length: int) -> None:
    with pytest.raises(BrokenSeal):
        KEY.unseal(KEY.seal(b"plain text", b"row")[:length], b"row")


def test_an_envelope_of_a_later_version_is_named() -> None:
    with pytest.raises(BrokenSeal, match="version 02"):
        KEY.unseal(b"\x02" + KEY.seal(b"plain", b"row")[1:], b"row")


def test_a_key_is_not_shown() -> None:
    assert bytes(range(32)).hex() not in repr(KEY)
