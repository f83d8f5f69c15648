"""Kinds of parameters that several actions have."""

from typing import Annotated

from rialto.wire.kinds import Decimal, Integer, Text, line

Owner = Annotated[int, Integer(1)]
Name = Annotated[str, Text("^[A-Z0-9]{1,20}$")]
Network = Annotated[str, Text("^[A-Za-z0-9]{1,32}$")]
Id = Annotated[str, Text("^[A-Za-z0-9_.:-]{1,64}$")]
Reason = Annotated[str, Text(line(255))]
Amount = Annotated[str, Decimal()]
Count = Annotated[int, Integer(0, 1_000_000)]
