"""Recorded exchange feeds, replayed: trades out are trades in, candles are equal, nothing is made or lost.

The repository's own recording was made by `rialto record` from the demonstration exchange. Recordings of other
exchanges lie beside the repository where there are any; those are replayed whole, or up to a number of lines if
RIALTO_TEST_RECORDING_LINES gives one.
"""

import gzip
import itertools
import os
from pathlib import Path

import pytest

from rialto.replay.recording import OnDamage
from rialto.replay.session import replay

ROOT = Path(__file__).resolve().parents[2]
OWN = sorted((ROOT / "tests" / "recordings").glob("*.gz"))
BESIDE = sorted((ROOT.parent / "shared" / "data").glob("*.gz"))


def name_of(path: Path) -> str:
    return path.stem


def beginning(path: Path, directory: Path) -> Path:
    """Return the recording to replay: all of one, or its first lines."""
    lines = os.environ.get("RIALTO_TEST_RECORDING_LINES")
    if lines is None:
        return path
    shorter = directory / path.name
    with gzip.open(path) as whole, gzip.open(shorter, "wb", compresslevel=1) as part:
        part.writelines(itertools.islice(whole, int(lines)))
    return shorter


def test_there_is_a_recording_of_our_own() -> None:
    assert OWN


@pytest.mark.timeout(300)
@pytest.mark.parametrize("path", OWN + BESIDE, ids=name_of)
async def test_what_comes_out_is_what_went_in(path: Path, tmp_path: Path) -> None:
    recording = path if path in OWN else beginning(path, tmp_path)
    report = await replay(recording, tmp_path / "journal", on_damage=OnDamage.REFUSE)
    assert report.is_equal, report
    assert report.trades.compared == report.counts.trades > 300
    assert report.candles.compared >= 2
    assert report.counts.times_back == report.counts.levels_passed_over == 0
    assert report.verified.checkpoints >= 1
