"""Small real files, and a local web server that offers them well and badly."""

from __future__ import annotations

import struct
import time
import zlib
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Self

from memories.models import Attachment, Message
from memories.models.attachment import content_fields

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def png(width: int = 4, height: int = 3) -> bytes:
    """A green rectangle."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = (b"\x00" + b"\x20\xb0\x60" * width) * height
    end = chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + end


def pdf(*pages: str) -> bytes:
    """A PDF with a line of text on each page."""
    kids = " ".join(f"{4 + 2 * i} 0 R" for i in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for i, text in enumerate(pages):
        resources = "/Resources << /Font << /F1 3 0 R >> >> /MediaBox [0 0 595 842]"
        stream = f"BT /F1 12 Tf 72 700 Td ({text}) Tj ET" if text else ""
        objects.append(f"<< /Type /Page /Parent 2 0 R {resources} /Contents {5 + 2 * i} 0 R >>")
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    xref = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    trailer = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF"
    return body + (xref + trailer).encode()


def attach(message: Message, *, text: str = "", content: bytes = b"I like green tea") -> Attachment:
    """Put a text file beside what somebody said, as if it had come along, and `text` been read in it."""
    content = {"text": text, **content_fields(content, "text/plain")}
    scope = {"project": message.project, "end_user": message.end_user}
    return Attachment.objects.create(message=message, position=0, kind="txt", **scope, **content)


class FileServer:
    """Serves `files`: path -> (status, headers, body). `asked` lists the paths that were asked for.

    A body that is a list is sent piece by piece, with `pause` seconds between them.
    """

    def __init__(self, *, pause: float = 0.2) -> None:
        self.files: dict[str, tuple[int, dict[str, str], bytes | list[bytes]]] = {}
        self.asked: list[str] = []
        self.pause = pause
        self._closing = Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def offer(self, path: str, body: bytes | list[bytes], kind: str, status: int = 200, **headers: str) -> str:
        """Serve `body` from now on, and return its address."""
        self.files[path] = (status, {"Content-Type": kind, **headers}, body)
        return self.url + path

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *why: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(server) -> type[BaseHTTPRequestHandler]:  # noqa: N805 -- `self` is the request's
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append(self.path)
                status, headers, body = server.files.get(self.path, (404, {}, b"nothing"))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                with suppress(BrokenPipeError, ConnectionResetError):
                    self.end_headers()
                    for piece in body if isinstance(body, list) else [body]:
                        self.wfile.write(piece)
                        self.wfile.flush()
                        if isinstance(body, list) and not server._closing.is_set():
                            time.sleep(server.pause)

            def log_message(self, *args: object) -> None:
                pass

        return Handler
