"""Network namespaces on one bridge: what runs in one can be cut off from everything else, both ways at once.

Needs root and iproute2; where that is not so, the test that asks is skipped and says why.
"""

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

SUBNETS = 200


class Network:
    """Members by name, each in a namespace with an address of its own; this process is on the bridge."""

    def __init__(self, members: Sequence[str]) -> None:
        self._bridge = f"rl{os.getpid()}"
        subnet = f"10.77.{os.getpid() % SUBNETS}"
        self.addresses = {member: f"{subnet}.{number}" for number, member in enumerate(members, start=1)}
        self.namespaces = {member: f"{self._bridge}-{number}" for number, member in enumerate(members, start=1)}
        self._gateway = f"{subnet}.254/24"

    def make(self) -> None:
        """Make all of it. Errors: CalledProcessError where it is not permitted."""
        _ip("link", "add", self._bridge, "type", "bridge")
        _ip("addr", "add", self._gateway, "dev", self._bridge)
        _ip("link", "set", self._bridge, "up")
        for member, namespace in self.namespaces.items():
            cable, end = self._cable(member), f"{self._cable(member)}e"
            _ip("netns", "add", namespace)
            _ip("link", "add", cable, "type", "veth", "peer", "name", end)
            _ip("link", "set", end, "netns", namespace)
            _ip("link", "set", cable, "master", self._bridge, "up")
            _ip("-n", namespace, "addr", "add", f"{self.addresses[member]}/24", "dev", end)
            _ip("-n", namespace, "link", "set", end, "up")
            _ip("-n", namespace, "link", "set", "lo", "up")

    def cut_off(self, member: str) -> None:
        """Pull a member's cable."""
        _ip("link", "set", self._cable(member), "down")

    def join_again(self, member: str) -> None:
        """Plug it in again."""
        _ip("link", "set", self._cable(member), "up")

    def remove(self) -> None:
        """Remove what was made, as far as it was."""
        for member, namespace in self.namespaces.items():
            subprocess.run(["ip", "link", "del", self._cable(member)], capture_output=True, check=False)
            subprocess.run(["ip", "netns", "del", namespace], capture_output=True, check=False)
        subprocess.run(["ip", "link", "del", self._bridge], capture_output=True, check=False)

    def _cable(self, member: str) -> str:
        return self.namespaces[member].replace("-", "v")


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], capture_output=True, text=True, check=True)


@contextmanager
def network(members: Sequence[str]) -> Iterator[Network]:
    """A network of members, or a skipped test."""
    made = Network(members)
    try:
        made.make()
        yield made
    except FileNotFoundError:
        pytest.skip("no iproute2: ip is not on the path")
    except subprocess.CalledProcessError as error:
        pytest.skip(f"network namespaces are not permitted here: {error.stderr.strip()}")
    finally:
        made.remove()
