"""What panels of the dashboard are made of: PromQL that the reader's choice of instances narrows down."""

from typing import NamedTuple


class Panel(NamedTuple):
    """What one panel shows."""

    title: str
    unit: str
    lines: tuple[tuple[str, str], ...]
    kind: str = "timeseries"
    width: int = 8
    height: int = 7


def rate(name: str, by: str = "") -> str:
    """Ask how fast a counter grows a second, summed, by a label where one is given."""
    inner = f'rate({name}{{instance=~"$instance"}}[$__rate_interval])'
    return f"sum by ({by}) ({inner})" if by else f"sum({inner})"


def now(name: str) -> str:
    """Ask for a figure as it is."""
    return f'{name}{{instance=~"$instance"}}'


def since(moment: str) -> str:
    """Ask how long ago a moment was, in seconds."""
    return f"{now('rialto_clock_timestamp_seconds')} - {now(moment)}"


def quantiles(name: str, by: str = "") -> tuple[tuple[str, str], ...]:
    """Ask for the middle and the 99th percentile of a distribution, by a label where one is given."""
    grouped, legend = (f"le, {by}", f"{{{{{by}}}}} ") if by else ("le", "")
    inner = f'sum by ({grouped}) (rate({name}_bucket{{instance=~"$instance"}}[$__rate_interval]))'
    return tuple((f"histogram_quantile(0.{part}, {inner})", f"{legend}p{part}") for part in ("50", "99"))
