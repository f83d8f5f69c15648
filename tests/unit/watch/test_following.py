"""An exchange is followed through its end and a new beginning."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

from rialto.watch.following import Followed
from tests.demo_process import free_port
from tests.unit.watch.test_scrape import rendered


@contextmanager
def answering(port: int, commands: int, started_us: int) -> Iterator[None]:
    """A process that serves the same figures to all who bring the token, and 404 to others."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_operator = self.headers.get("Authorization") == "Bearer open sesame"
            body = rendered([500] * commands, commands, started_us).encode() if is_operator else b"{}"
            self.send_response(200 if is_operator else 404)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named by the library
            pass

    socketserver.TCPServer.allow_reuse_address = True
    with socketserver.TCPServer(("127.0.0.1", port), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield
        server.shutdown()
        thread.join()


def test_down_and_back() -> None:
    port = free_port()
    followed = Followed(f"http://127.0.0.1:{port}", "open sesame")
    followed.look()
    assert (followed.seen.reading, followed.seen.trouble) == (None, "not reachable: Connection refused")
    with answering(port, 10, 1_000_000):
        followed.look()
        assert (followed.seen.reading, followed.seen.trouble) == (None, "")
        followed.look()
        assert followed.seen.reading is not None
    followed.look()
    assert followed.seen.reading is not None, "what was seen last stays"
    assert followed.seen.trouble == "not reachable: Connection refused"
    with answering(port, 3, 9_000_000):
        followed.look()
        seen = followed.seen
        assert seen.trouble == ""
        assert seen.reading is not None
        assert seen.reading.latencies[0].tenths_per_second >= 0, "the new process counts from nothing"


def test_without_the_token_it_says_what_is_missing() -> None:
    port = free_port()
    followed = Followed(f"http://127.0.0.1:{port}/")
    with answering(port, 1, 1):
        followed.look()
    assert "answers 404 to /metrics; from elsewhere it wants metrics_networks or a token" in followed.seen.trouble
