"""PDF files written byte by byte, so that the tests know all that is in them: text, pictures, passwords, faults.

Only what the tests need: the standard fonts, WinAnsi letters, one font with ligatures, rectangles and grey pictures.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

A4 = (595.0, 842.0)
_FONTS = {
    "roman": "Times-Roman",
    "bold": "Times-Bold",
    "sans": "Helvetica",
    "mono": "Courier",
    "symbol": "Symbol",
}
# Advance widths of Times-Roman's ASCII from the space on, in thousandths (Adobe's metrics of the core fonts).
_WIDTHS = (
    250, 333, 408, 500, 500, 833, 778, 180, 333, 333, 500, 564, 250, 333, 250, 278, 500, 500, 500, 500, 500, 500, 500,
    500, 500, 500, 278, 278, 564, 564, 564, 444, 921, 722, 667, 667, 722, 611, 556, 722, 722, 333, 389, 722, 611, 889,
    722, 722, 556, 722, 667, 556, 611, 722, 722, 944, 722, 722, 611, 333, 278, 333, 469, 500, 333, 444, 500, 444, 500,
    444, 333, 500, 500, 278, 278, 500, 278, 778, 500, 500, 500, 500, 333, 389, 278, 500, 500, 722, 500, 500, 444, 480,
    200, 480, 541,
)  # fmt: skip
_LIGATURES = {"ﬀ": 1, "ﬁ": 2, "ﬂ": 3, "ﬃ": 4, "ﬄ": 5}


def width(text: str, size: float) -> float:
    """Return how wide a text set in Times is, in points."""
    return sum(_WIDTHS[ord(char) - 32] if 32 <= ord(char) < 127 else 500 for char in text) * size / 1000


@dataclass(slots=True)
class PdfPage:
    """A page's content; lengths are points from its lower left corner."""

    size: tuple[float, float] = A4
    turned: int = 0
    content: list[str] = field(default_factory=list)
    has_picture: bool = False

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float = 10,
        font: str = "roman",
        *,
        grey: float | None = None,
        mode: int = 0,
        spacing: float = 0,
        angle: int = 0,
    ) -> float:
        """Put text at a baseline; return where it ends. `spacing` is added to each space, `mode` 3 paints nothing."""
        across, up = {0: (1, 0), 90: (0, 1), 180: (-1, 0), 270: (0, -1)}[angle]
        colour = "" if grey is None else f"{grey:.3f} g "
        self.content.append(
            f"q {colour}BT /{font} {size:g} Tf {mode} Tr {spacing:.4f} Tw"
            f" {across} {up} {-up} {across} {x:.3f} {y:.3f} Tm {_string(text)} Tj ET Q"
        )
        return x + width(text, size) + spacing * text.count(" ")

    def box(self, x: float, y: float, wide: float, high: float, grey: float) -> None:
        """Paint a rectangle over whatever is there."""
        self.content.append(f"q {grey:.3f} g {x:g} {y:g} {wide:g} {high:g} re f Q")

    def picture(self, x: float, y: float, wide: float, high: float) -> None:
        """Paint a grey picture of stripes, as a scanned page has."""
        self.has_picture = True
        self.content.append(f"q {wide:g} 0 0 {high:g} {x:g} {y:g} cm /Scan Do Q")

    def raw(self, operators: str) -> None:
        self.content.append(operators)


def _string(text: str) -> str:
    codes = [_LIGATURES.get(char) or char.encode("cp1252", "replace")[0] for char in text]
    return f"<{bytes(codes).hex()}>"


def pdf(pages: Sequence[PdfPage], *, password: str = "", extra: Sequence[bytes] = ()) -> bytes:
    """Return the file; with a password it is encrypted. `extra` are objects that nothing leads to."""
    objects: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    fonts = []
    for name, base in _FONTS.items():
        encoding = (
            b""
            if name == "symbol"
            else (
                b"/Encoding << /Type /Encoding /BaseEncoding /WinAnsiEncoding /Differences [1 /ff /fi /fl /ffi /ffl] >>"
            )
        )
        objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /%b %b >>" % (base.encode(), encoding))
        fonts.append(f"/{name} {len(objects)} 0 R")
    rows = b"".join((b"\x30" if n % 8 < 4 else b"\xf0") * 64 for n in range(64))
    objects.append(
        _stream(
            rows, b"/Type /XObject /Subtype /Image /Width 64 /Height 64 /ColorSpace /DeviceGray /BitsPerComponent 8 "
        )
    )
    picture = len(objects)
    kids = []
    for page in pages:
        objects.append(_stream("\n".join(page.content).encode()))
        resources = f"<< /Font << {' '.join(fonts)} >> /XObject << /Scan {picture} 0 R >> >>"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {page.size[0]:g} {page.size[1]:g}] /Rotate {page.turned}"
            f" /Resources {resources} /Contents {len(objects)} 0 R >>".encode()
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    objects += extra
    return assembled(objects, password=password)


def _stream(data: bytes, entries: bytes = b"") -> bytes:
    packed = zlib.compress(data)
    return b"<< %b /Filter /FlateDecode /Length %d >>\nstream\n%b\nendstream" % (entries, len(packed), packed)


def assembled(objects: Sequence[bytes], *, password: str = "") -> bytes:
    """Return a file of these objects, the first of which is the catalogue."""
    trailer = b"/Size %d /Root 1 0 R" % (len(objects) + 1)
    if password:
        lock = _Lock(password)
        objects = [lock.sealed(number, one) for number, one in enumerate(objects, 1)]
        trailer += lock.entries
    data = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
    places = []
    for number, one in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return data + b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<< %b >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        table,
        trailer,
        len(data),
    )


class _Lock:
    """PDF's first encryption: RC4 with a key of 40 bits (ISO 32000-1, 7.6.3, revision 2), here of streams alone."""

    _PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
    _ID = b"0123456789abcdef"

    def __init__(self, password: str) -> None:
        padded = (password.encode() + self._PADDING)[:32]
        owner = _rc4(hashlib.md5(padded).digest()[:5], padded)
        permissions = -4
        self._key = hashlib.md5(padded + owner + permissions.to_bytes(4, "little", signed=True) + self._ID).digest()[:5]
        user = _rc4(self._key, self._PADDING)
        self.entries = (
            f" /Encrypt << /Filter /Standard /V 1 /R 2 /O <{owner.hex()}> /U <{user.hex()}> /P {permissions} >>"
            f" /ID [<{self._ID.hex()}> <{self._ID.hex()}>]"
        ).encode()

    def sealed(self, number: int, one: bytes) -> bytes:
        head, mark, rest = one.partition(b"stream\n")
        if not mark:
            return one
        data = rest.removesuffix(b"\nendstream")
        key = hashlib.md5(self._key + number.to_bytes(3, "little") + b"\0\0").digest()[:10]
        return head + mark + _rc4(key, data) + b"\nendstream"


def _rc4(key: bytes, data: bytes) -> bytes:
    state = list(range(256))
    other = 0
    for one in range(256):
        other = (other + state[one] + key[one % len(key)]) % 256
        state[one], state[other] = state[other], state[one]
    one = other = 0
    output = bytearray()
    for byte in data:
        one = (one + 1) % 256
        other = (other + state[one]) % 256
        state[one], state[other] = state[other], state[one]
        output.append(byte ^ state[(state[one] + state[other]) % 256])
    return bytes(output)


def bomb(megabytes: int) -> bytes:
    """Return a small file whose only page unpacks to that many megabytes, by two filters one after the other."""
    packer = zlib.compressobj(9)
    once = b"".join(packer.compress(b"q Q " * 262_144) for _ in range(megabytes)) + packer.flush()
    twice = zlib.compress(once, 9)
    content = b"<< /Filter [/FlateDecode /FlateDecode] /Length %d >>\nstream\n%b\nendstream" % (len(twice), twice)
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>"
    return assembled(
        [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", page, content]
    )


def loops() -> dict[str, bytes]:
    """Return files whose objects lead back to themselves."""
    catalogue = b"<< /Type /Catalog /Pages 2 0 R >>"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %b /Resources %b >>"
    leaf = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    form = b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /Me 4 0 R >> >> "
    return {
        "pages": assembled([catalogue, b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 /Parent 2 0 R >>"]),
        "contents": assembled([catalogue, leaf, page % (b"[4 0 R]", b"<< >>"), b"[4 0 R 4 0 R]"]),
        "length": assembled(
            [catalogue, leaf, page % (b"4 0 R", b"<< >>"), b"<< /Length 4 0 R >>\nstream\nq Q\nendstream"]
        ),
        "form": assembled(
            [
                catalogue,
                leaf,
                page % (b"5 0 R", b"<< /XObject << /Me 4 0 R >> >>"),
                form + b"/Length 6 >>\nstream\n/Me Do\nendstream",
                b"<< /Length 6 >>\nstream\n/Me Do\nendstream",
            ]
        ),
    }
