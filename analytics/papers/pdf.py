"""A document as PDF, by WeasyPrint: fonts embedded, text searchable, Chinese lines broken by Pango.

WeasyPrint needs Pango and HarfBuzz of the system, and a Chinese face; where one is missing, `missing_for_pdf`
says what to install, and the HTML is still there. Loaded when it is asked for: web and worker start without.
"""

from __future__ import annotations

import io
import logging
import shutil
import subprocess
from functools import cache
from typing import Any

from analytics.papers.charts import svg_of
from analytics.papers.document import Document
from analytics.papers.html import page_of

LIBRARIES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
FONTS = "fonts-noto-cjk"
PIXELS_A_POINT = 300 / 72
POINTS_A_PIXEL = 0.75


class PdfMissing(Exception):
    """`packages`: what the machine lacks, in Debian's names."""

    def __init__(self, packages: tuple[str, ...]) -> None:
        super().__init__(" ".join(packages))
        self.packages = packages


@cache
def missing_for_pdf() -> tuple[str, ...]:
    """Empty where PDF can be made. Looked up once a process: after installing, start anew."""
    missing = []
    try:
        _weasyprint()
    except (ImportError, OSError):
        missing += LIBRARIES.split()
    if not _has_chinese_face():
        missing.append(FONTS)
    return tuple(missing)


def pdf_of(document: Document) -> bytes:
    """Raises PdfMissing."""
    if missing_for_pdf():
        raise PdfMissing(missing_for_pdf())
    return _written(page_of(document))


def picture_of(chart: dict[str, Any]) -> bytes:
    """A chart as PNG of 300 dpi, for formats that take no SVG. Raises PdfMissing."""
    if missing_for_pdf():
        raise PdfMissing(missing_for_pdf())
    import pypdfium2

    svg = svg_of(chart)
    width, height = (float(svg.split(f' {name}="')[1].split('"')[0]) for name in ("width", "height"))
    size = f"@page {{ size: {width}px {height}px; margin: 0 }} body {{ margin: 0 }} svg {{ display: block }}"
    pdf = _written(f'<html lang="zh-CN"><head><style>{size}</style></head><body>{svg}</body></html>')
    with pypdfium2.PdfDocument(pdf) as pages:
        image = pages[0].render(scale=PIXELS_A_POINT).to_pil()
    out = io.BytesIO()
    image.save(out, "PNG", dpi=(300, 300))
    return out.getvalue()


def _written(html: str) -> bytes:
    # Nothing is fetched: a document holds all it needs, and a caller of this must not make it read files.
    answer = _weasyprint().HTML(string=html, url_fetcher=_nothing).write_pdf()
    return bytes(answer)


def _weasyprint() -> Any:
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    import weasyprint

    return weasyprint


def _nothing(_url: str, *_: Any, **__: Any) -> Any:
    raise ValueError("a report refers to nothing outside")


def _has_chinese_face() -> bool:
    command = shutil.which("fc-list")
    if command is None:
        return False
    found = subprocess.run([command, ":lang=zh", "family"], capture_output=True, check=False, timeout=20)  # noqa: S603 - fixed words
    return bool(found.stdout.strip())
