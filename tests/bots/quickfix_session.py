"""One session of QuickFIX, run by a Python that has it: `quickfix_session.py PORT API_KEY PRIVATE_KEY DICTIONARY`.

Logs on signed, places an order that rests, cancels it, buys at once, sends an order that breaks a filter, logs out.
Every message that comes is printed, a line each, once QuickFIX has found it good by the dictionary.
"""

import base64
import sys
import tempfile
import threading
from pathlib import Path

import quickfix as fix
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

PORT, API_KEY, PRIVATE_KEY, DICTIONARY = sys.argv[1:]
SETTINGS = """[DEFAULT]
ConnectionType=initiator
ReconnectInterval=60
FileStorePath={directory}
FileLogPath={directory}
StartTime=00:00:00
EndTime=00:00:00
UseDataDictionary=Y
DataDictionary={dictionary}
TimestampPrecision=6
ResetOnLogon=Y
HeartBtInt=30
[SESSION]
BeginString=FIX.4.4
SenderCompID=QUICKFIX
TargetCompID=SPOT
SocketConnectHost=127.0.0.1
SocketConnectPort={port}
"""
WAIT_S = 10


def text_of(fields: fix.FieldMap, tag: int) -> str:
    field = fix.StringField(tag)
    fields.getField(field)
    return str(field.getValue())


class Client(fix.Application):  # type: ignore[misc]
    """Signs the logon, and lets the session be followed."""

    def __init__(self) -> None:
        super().__init__()
        private = load_pem_private_key(Path(PRIVATE_KEY).read_bytes(), None)
        assert isinstance(private, Ed25519PrivateKey)
        self.private = private
        self.came = threading.Semaphore(0)

    def onCreate(self, session: fix.SessionID) -> None:
        self.session = session

    def onLogon(self, session: fix.SessionID) -> None:
        self.came.release()

    def onLogout(self, session: fix.SessionID) -> None:
        print("35=5", flush=True)

    def toAdmin(self, message: fix.Message, session: fix.SessionID) -> None:
        header = message.getHeader()
        if text_of(header, 35) == "A":
            payload = "\x01".join(text_of(header, tag) for tag in (35, 49, 56, 34, 52))
            signature = base64.b64encode(self.private.sign(payload.encode())).decode()
            for tag, value in ((95, str(len(signature))), (96, signature), (553, API_KEY), (25035, "2")):
                message.setField(fix.StringField(tag, value))

    def fromAdmin(self, message: fix.Message, session: fix.SessionID) -> None:
        pass

    def toApp(self, message: fix.Message, session: fix.SessionID) -> None:
        pass

    def fromApp(self, message: fix.Message, session: fix.SessionID) -> None:
        print(message.toString().replace("\x01", "|"), flush=True)
        self.came.release()

    def wait(self, messages: int = 1) -> None:
        for _ in range(messages):
            assert self.came.acquire(timeout=WAIT_S), "nothing came"

    def send(self, kind: str, fields: dict[int, str]) -> None:
        message = fix.Message()
        message.getHeader().setField(fix.BeginString("FIX.4.4"))
        message.getHeader().setField(fix.MsgType(kind))
        for tag, value in fields.items():
            message.setField(fix.StringField(tag, value))
        fix.Session.sendToTarget(message, self.session)


def order(name: str, price: str, time_in_force: str) -> dict[int, str]:
    return {11: name, 38: "0.01", 40: "2", 44: price, 54: "1", 55: "BTCUSDT", 59: time_in_force}


with tempfile.TemporaryDirectory() as directory:
    configuration = Path(directory) / "settings"
    configuration.write_text(SETTINGS.format(directory=directory, dictionary=DICTIONARY, port=PORT))
    settings, client = fix.SessionSettings(str(configuration)), Client()
    initiator = fix.SocketInitiator(client, fix.FileStoreFactory(settings), settings, fix.FileLogFactory(settings))
    initiator.start()
    client.wait()
    client.send("D", order("rests", "50000.00", "1"))
    client.wait()
    client.send("F", {11: "cancels", 41: "rests", 55: "BTCUSDT"})
    client.wait()
    client.send("D", order("takes", "90000.00", "3"))
    client.wait(messages=2)
    client.send("D", order("breaks", "50000.001", "1"))
    client.wait()
    initiator.stop()
