"""A small SMTP server for tests: takes mails on a port of this machine and keeps them."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Taken:
    """What the server was told; ``refused`` are addresses it does not take."""

    port: int = 0
    mails: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    refused: tuple[str, ...] = ()


@contextmanager
def smtp_server(*, refused: tuple[str, ...] = ()) -> Iterator[Taken]:
    """Serve SMTP without encryption, as far as smtplib needs it."""
    taken = Taken(refused=refused)

    class Talk(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 test")
            for line in self.rfile:
                word, _, rest = line.decode().strip().partition(" ")
                if word.upper() == "DATA":
                    self._say("354 go on")
                    taken.mails.append(self._mail())
                elif word.upper() == "QUIT":
                    self._say("221 bye")
                    return
                elif word.upper() == "RCPT":
                    address = rest.partition("<")[2].partition(">")[0]
                    if address in taken.refused:
                        self._say("550 unknown")
                        continue
                    taken.recipients.append(address)
                self._say("250 ok")

        def _say(self, text: str) -> None:
            self.wfile.write(text.encode() + b"\r\n")

        def _mail(self) -> bytes:
            lines = []
            for line in self.rfile:
                if line == b".\r\n":
                    break
                lines.append(line[1:] if line.startswith(b"..") else line)
            return b"".join(lines)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Talk) as server:
        taken.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield taken
        server.shutdown()
