"""The official connectors, as tests ask them: unmodified, each answer held against the connector's own model."""

import asyncio
from typing import Any

from binance_common.configuration import ConfigurationRestAPI
from pydantic import BaseModel

from tests.patience import PATIENCE_S

PATIENCE_MS = 1_000 * PATIENCE_S
"""The connectors give up after a second, which a busy machine may need."""


def rest_configuration(url: str, key: str, secret: str | None = None, **others: Any) -> ConfigurationRestAPI:
    """Configure a connector: patient, and sending nothing twice."""
    return ConfigurationRestAPI(api_key=key, api_secret=secret, base_path=url, retries=0, timeout=PATIENCE_MS, **others)


class Connector:
    """A connector's REST client; notes which calls were made."""

    def __init__(self, api: Any, called: set[str]) -> None:
        self._api = api
        self._called = called

    async def call(self, name: str, **parameters: Any) -> Any:
        """Return the answer as the connector's model dumps it, by the API's names."""
        self._called.add(name)
        response = await asyncio.to_thread(getattr(self._api, name), **parameters)
        return dumped(response.data())


def dumped(model: Any) -> Any:
    """Return a model as plain data, and hold it against carrying anything it does not know."""
    if isinstance(model, list):
        return [dumped(each) for each in model]
    if isinstance(model, dict):
        return {name: dumped(each) for name, each in model.items()}
    if not isinstance(model, BaseModel):
        return model
    assert not getattr(model, "additional_properties", None), model
    return {
        field.alias or name: dumped(getattr(model, name))
        for name, field in type(model).model_fields.items()
        if name != "additional_properties" and getattr(model, name) is not None
    }
