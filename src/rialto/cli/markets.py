"""`rialto market list | halt | resume`: what may be done on the symbols of a running exchange."""

from pathlib import Path
from typing import Annotated

import typer

from rialto import bootstrap
from rialto.admin.asking import ask
from rialto.admin.requests import ListMarkets, SetMarketStatus
from rialto.cli.application import Data, app, settings_of
from rialto.contracts.symbol_rules import SymbolStatus

market = typer.Typer(no_args_is_help=True, help="List, halt and resume the markets of a running exchange.")
app.add_typer(market, name="market")

Symbols = Annotated[list[str], typer.Argument(metavar="SYMBOL...", help="Names of symbols, as BTCUSDT.")]


@market.command("list")
def list_markets(data: Data = None) -> None:
    """List every symbol and its status."""
    settings = settings_of(data_directory=data)
    answer = ask(bootstrap.control_socket(settings), ListMarkets())
    for held in answer.markets:
        print(f"{held.symbol:<16} {held.status.value.upper()}")


@market.command()
def halt(
    symbols: Symbols,
    cancel_only: Annotated[bool, typer.Option("--cancel-only", help="Let open orders be canceled.")] = False,
    data: Data = None,
) -> None:
    """Stop trading on symbols at once. Open orders stay; nothing is placed, changed or canceled until it is resumed."""
    _set(symbols, SymbolStatus.CANCEL_ONLY if cancel_only else SymbolStatus.HALT, data)


@market.command()
def resume(symbols: Symbols, data: Data = None) -> None:
    """Let symbols trade again."""
    _set(symbols, SymbolStatus.TRADING, data)


def _set(symbols: list[str], status: SymbolStatus, data: Path | None) -> None:
    settings = settings_of(data_directory=data)
    for symbol in symbols:
        answer = ask(bootstrap.control_socket(settings), SetMarketStatus(symbol, status))
        print(f"{symbol} is {status.value.upper()} from sequence {answer.sequence} on")
