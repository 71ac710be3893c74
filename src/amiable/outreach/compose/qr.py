"""Which picture carries a bank transfer to a phone?

A mail stores the content of its EPC QR codes, not their pixels: `<img src="epc:…">` with some 150 characters in
place of a picture. Mail clients strip `data:` addresses (Gmail) and Outlook shows no SVG, so a picture travels as a
PNG part of the mail with a content id, drawn when the mail is sent; on the desk it is drawn into the page.
"""

import base64
import re
import struct
import zlib
from functools import lru_cache
from html import escape, unescape

import segno

SCALE, BORDER = 4, 2  # pixels per module, modules around
MASK = 3  # any mask is valid; trying all eight for the prettiest costs eight times as much
LINE_END = "&#10;"
SOURCE = re.compile(r'src="epc:([^"]*)"')


def source(payload: str) -> str:
    """Return the address that stands for a QR code in a stored mail."""
    return "epc:" + escape(payload).replace("\n", LINE_END).encode("ascii", "xmlcharrefreplace").decode("ascii")


@lru_cache(maxsize=256)
def png(payload: str) -> bytes:
    """Draw a QR code (error correction M, as the EPC guidelines ask) as a black and white PNG."""
    modules = segno.make(payload, error="m", micro=False, mask=MASK, boost_error=False, encoding="utf-8").matrix
    side = (len(modules) + 2 * BORDER) * SCALE
    white = b"\x00" + b"\xff" * ((side + 7) // 8)
    rows = [white * (BORDER * SCALE)]
    margin = "1" * (BORDER * SCALE)
    for line in modules:
        bits = margin + "".join("0" * SCALE if dark else "1" * SCALE for dark in line) + margin
        bits = bits.ljust((side + 7) // 8 * 8, "1")
        rows.append((b"\x00" + int(bits, 2).to_bytes(len(bits) // 8, "big")) * SCALE)
    rows.append(white * (BORDER * SCALE))
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(rows), 6)), (b"IEND", b""))
    )


def with_pictures_inside(html: str) -> str:
    """Return the mail with each QR code drawn into it, for the desk."""
    return SOURCE.sub(
        lambda found: f'src="data:image/png;base64,{base64.b64encode(png(unescape(found[1]))).decode()}"', html
    )


def with_pictures_attached(html: str) -> tuple[str, list[tuple[str, bytes]]]:
    """Return the mail with content ids for its QR codes, and the (content id, PNG) parts to attach."""
    parts: list[tuple[str, bytes]] = []

    def attach(found: re.Match[str]) -> str:
        content_id = f"qr{len(parts) + 1}@amiable"
        parts.append((content_id, png(unescape(found[1]))))
        return f'src="cid:{content_id}"'

    return SOURCE.sub(attach, html), parts
