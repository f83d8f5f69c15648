"""Reading somebody's metrics: whole numbers, rates and quantiles between two scrapes."""

import pytest
from prometheus_client.metrics_core import Metric

from rialto.foundation.metrics import Distribution, Metrics, counters, distribution, gauge, gauge_of_us
from rialto.watch.reading import read
from rialto.watch.scrape import Interval, Scrape, Unreadable, take

BOUNDS_US = (1_000, 10_000, 100_000)


def rendered(times_us: list[int], orders: int, started_us: int = 7_000_000) -> str:
    """What a small process would tell."""
    metrics, taken = Metrics(), Distribution(BOUNDS_US)
    for time_us in times_us:
        taken.observe(time_us)
    metrics.add(
        lambda: [
            gauge("rialto_journal_sequence", "x", 12),
            gauge_of_us("rialto_started_timestamp_seconds", "x", started_us),
            gauge_of_us("rialto_projections_lag_seconds", "x", 1_250_000),
            counters("rialto_requests_total", "x", ["family", "outcome"], {("order", "answered"): orders}),
            distribution("rialto_commit_seconds", "x", taken, units=1_000_000),
        ]
    )
    return metrics.render().decode()


def test_seconds_become_microseconds() -> None:
    scrape = Scrape(rendered([500, 5_000], 3), 0)
    assert scrape.value("rialto_projections_lag_seconds") == 1_250_000
    assert scrape.value("rialto_journal_sequence") == 12
    assert scrape.value("rialto_commit_seconds_sum") == 5_500
    assert scrape.value("rialto_commit_seconds_count") == 2
    assert scrape.value("rialto_requests_total", family="order", outcome="answered") == 3
    assert scrape.value("rialto_replica_lag_commands") is None


def test_rates_and_quantiles_are_of_what_lies_between() -> None:
    before = Scrape(rendered([90_000] * 50, 100), 1_000_000)
    after = Scrape(rendered([90_000] * 50 + [500] * 98 + [5_000] * 2, 200), 3_000_000)
    interval = Interval(before, after)
    assert interval.tenths_per_second("rialto_commit_seconds_count") == 500
    assert interval.tenths_per_second_by("rialto_requests_total", "outcome") == {"answered": 500}
    p50_us, p99_us = (interval.quantile(percent, "rialto_commit_seconds") for percent in (50, 99))
    assert p50_us is not None
    assert p99_us is not None
    assert p50_us <= 1_000 < p99_us <= 10_000


def test_nothing_between_has_no_quantile() -> None:
    scrape = Scrape(rendered([500], 1), 0)
    assert Interval(scrape, scrape).quantile(50, "rialto_commit_seconds") is None


def test_after_a_restart_only_what_happened_since_counts() -> None:
    before = Scrape(rendered([500] * 1_000, 1_000), 1_000_000)
    after = Scrape(rendered([500] * 3, 3, started_us=9_000_000), 2_000_000)
    assert read(Interval(before, after)).commands_tenths_per_second == 30


def test_what_is_not_told_is_not_zero() -> None:
    scrape = Scrape(rendered([], 0), 0)
    reading = read(Interval(scrape, scrape))
    assert (reading.replica, reading.journal_bytes, reading.conservation) == (None, None, ())


@pytest.mark.parametrize("text", ["rialto_core_up one", "<html>"])
def test_what_are_no_metrics_is_said(text: str) -> None:
    with pytest.raises(Unreadable, match="no metrics"):
        Scrape(text, 0)


def test_nobody_there_is_said() -> None:
    with pytest.raises(Unreadable, match="Connection refused"):
        take("http://127.0.0.1:1")
    with pytest.raises(Unreadable, match="no address"):
        take("file:///etc/passwd")


def failing() -> list[Metric]:
    raise OSError("the disk is gone")


def test_a_collector_that_fails_takes_only_its_own_figures() -> None:
    metrics = Metrics()
    metrics.add(failing)
    metrics.add(lambda: [gauge("rialto_core_up", "x", 1)])
    assert Scrape(metrics.render().decode(), 0).value("rialto_core_up") == 1
