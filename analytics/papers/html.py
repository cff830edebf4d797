"""A document as HTML: the same body for the page of the console and for the PDF."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from analytics.papers.charts import svg_of
from analytics.papers.document import Document, lines_of

HERE = Path(__file__).parent
STYLE_FILE = HERE / "paper.css"
WHOLE_ROWS = 8
"""A longer table may go on over the page; a shorter one looks lost in two pieces."""


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals["lines_of"] = lines_of
    environment.globals["svg"] = lambda chart: Markup(svg_of(chart))  # noqa: S704 - our own drawing, words escaped
    environment.globals["whole_rows"] = WHOLE_ROWS
    return environment


def body_of(document: Document) -> Markup:
    """The article alone; its classes are those of `paper.css`."""
    return Markup(_environment().get_template("paper.html").render(document=document))  # noqa: S704 - escaped there


def page_of(document: Document, style: str | None = None) -> str:
    """A whole page that needs nothing else: it can be kept and opened as a file."""
    css = STYLE_FILE.read_text(encoding="utf-8") if style is None else style
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        f"<title>{Markup.escape(document.title)}</title><style>{css}</style></head>"
        f"<body>{body_of(document)}</body></html>"
    )
