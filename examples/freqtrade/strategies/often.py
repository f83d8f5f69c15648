"""A strategy that trades often, to see that everything works; it earns nothing."""

from datetime import datetime
from typing import Any

from freqtrade.persistence import Trade
from freqtrade.strategy import IStrategy
from pandas import DataFrame

HELD_S = 30


class Often(IStrategy):
    """Buys at every candle, sells what it has held for half a minute."""

    INTERFACE_VERSION = 3
    timeframe = "1m"
    minimal_roi = {"0": 100}  # noqa: RUF012 - the framework's own form
    stoploss = -0.9
    can_short = False
    startup_candle_count = 2

    def populate_indicators(self, dataframe: DataFrame, metadata: dict[str, Any]) -> DataFrame:  # noqa: ARG002
        """Use none."""
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict[str, Any]) -> DataFrame:  # noqa: ARG002
        """Enter always."""
        dataframe["enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict[str, Any]) -> DataFrame:  # noqa: ARG002
        """Leave it to the time held."""
        return dataframe

    def custom_exit(self, pair: str, trade: Trade, current_time: datetime, *_: Any, **__: Any) -> str | None:  # noqa: ARG002
        """Exit after half a minute."""
        return "old" if (current_time - trade.open_date_utc).total_seconds() > HELD_S else None
