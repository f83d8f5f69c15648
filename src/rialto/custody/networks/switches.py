"""What is open: deposits and withdrawals of each asset on each network, switched by operators while the exchange runs.

Everything is open until it is shut. Owns the table `asset_switches`, and keeps its rows in memory.
"""

import msgspec
from sqlalchemy import Engine, delete, insert, select

from rialto.custody.networks.configuration import Networks
from rialto.custody.networks.tables import asset_switches

REASON_LENGTH_MAX = 255


class NoSuchAssetOnNetwork(Exception):
    """A network or an asset that is not configured."""


class Switch(msgspec.Struct, frozen=True, array_like=True):
    """What is open of an asset on a network, who said so last, and why."""

    network: str
    asset: str
    deposits_open: bool = True
    withdrawals_open: bool = True
    changed_by: str = ""
    reason: str = ""
    changed_at_us: int = 0


class Switches:
    """The switches. Asking costs nothing; what writes blocks and belongs off the loop."""

    def __init__(self, engine: Engine, networks: Networks) -> None:
        self._engine = engine
        self._networks = networks
        self._known: dict[tuple[str, str], Switch] = {}

    def load(self) -> None:
        """Read what is switched, also by other processes."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(asset_switches)).all()
        found = [msgspec.convert(tuple(row), Switch) for row in rows]
        self._known = {(each.network, each.asset): each for each in found}

    def of(self, network: str, asset: str) -> Switch:
        """Return what is open of an asset on a network."""
        return self._known.get((network, asset)) or Switch(network, asset)

    def deposits_open(self, network: str, asset: str) -> bool:
        """Tell whether deposits are credited. While they are not, they wait."""
        return self.of(network, asset).deposits_open

    def withdrawals_open(self, network: str, asset: str) -> bool:
        """Tell whether withdrawals are taken."""
        return self.of(network, asset).withdrawals_open

    def set(self, switch: Switch) -> None:
        """Switch, durably.

        Errors: `NoSuchAssetOnNetwork`.
        """
        configured = self._networks.by_name.get(switch.network)
        if configured is None or configured.network.asset_named(switch.asset) is None:
            raise NoSuchAssetOnNetwork(
                f"there is no {switch.asset} on a network {switch.network}; "
                f"networks: {', '.join(self._networks.by_name)}"
            )
        if len(switch.reason) > REASON_LENGTH_MAX:
            raise ValueError(f"the reason has {len(switch.reason)} characters; give at most {REASON_LENGTH_MAX}")
        key = asset_switches.c.network == switch.network, asset_switches.c.asset == switch.asset
        with self._engine.begin() as connection:
            connection.execute(delete(asset_switches).where(*key))
            connection.execute(insert(asset_switches).values(msgspec.structs.asdict(switch)))
        self._known[switch.network, switch.asset] = switch
