"""A document as DOCX, by python-docx: the layout of the PDF, for offices that edit or register the file."""

from __future__ import annotations

import io
from typing import Any

import docx as python_docx
from docx.enum.section import WD_SECTION_START
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from analytics.papers.document import Document, Table, lines_of
from analytics.papers.pdf import PdfMissing, picture_of

FANG, HEI, SONG, TITLE = "仿宋_GB2312", "黑体", "宋体", "方正小标宋简体"
LATIN = "Times New Roman"
RED = RGBColor(0xD0, 0, 0)
WIDTH = Mm(156)


def docx_of(document: Document) -> bytes:
    """Charts are pictures; where the machine can't draw them, their numbers stand as a table."""
    docx = python_docx.Document()
    _set_up(docx, document)
    head = _line(docx, "　　".join(document.marks), HEI, 16)
    head.paragraph_format.first_line_indent = Pt(0)
    _line(docx, document.redhead, TITLE, 38, bold=True, colour=RED, centred=True, spacing=60)
    issue = _line(docx, f"{document.number}\t{document.issuer}\t{document.day}", FANG, 14)
    issue.paragraph_format.first_line_indent = Pt(0)
    stops = issue.paragraph_format.tab_stops
    stops.add_tab_stop(Mm(78), WD_TAB_ALIGNMENT.CENTER)
    stops.add_tab_stop(WIDTH, WD_TAB_ALIGNMENT.RIGHT)
    _border(issue, "bottom", "D00000", 16)
    title = _line(docx, "\n".join(lines_of(document.title)), TITLE, 22, bold=True, centred=True, spacing=32)
    title.paragraph_format.space_before = Pt(18)
    title.paragraph_format.space_after = Pt(10)
    for section in document.sections:
        heading = _line(docx, section.heading, HEI, 16)
        heading.paragraph_format.keep_with_next = True
        for text in (*section.paragraphs, *section.items):
            _line(docx, text, FANG, 16)
        for table in section.tables:
            _table(docx, table)
        for chart in section.charts:
            _chart(docx, dict(chart))
    _foot(docx, document)
    out = io.BytesIO()
    docx.save(out)
    return out.getvalue()


def _set_up(docx: Any, document: Document) -> None:
    page = docx.sections[0]
    page.start_type = WD_SECTION_START.NEW_PAGE
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin, page.bottom_margin = Mm(37), Mm(35)
    page.left_margin, page.right_margin = Mm(28), Mm(26)
    page.footer_distance = Mm(25)
    docx.core_properties.title = document.title
    docx.core_properties.author = document.issuer
    docx.settings.odd_and_even_pages_header_footer = True
    for footer, side in (
        (page.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (page.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        paragraph = footer.paragraphs[0]
        paragraph.alignment = side
        _run(paragraph, "— ", SONG, 14)
        _field(paragraph, "PAGE")
        _run(paragraph, " —", SONG, 14)


def _line(
    docx: Any,
    text: str,
    face: str,
    size: float,
    *,
    bold: bool = False,
    colour: RGBColor | None = None,
    centred: bool = False,
    spacing: float = 28,
) -> Any:
    paragraph = docx.add_paragraph()
    layout = paragraph.paragraph_format
    layout.space_before = layout.space_after = Pt(0)
    layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(spacing)
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    else:
        layout.first_line_indent = Pt(2 * size)
    _run(paragraph, text, face, size, bold=bold, colour=colour)
    return paragraph


def _run(
    paragraph: Any, text: str, face: str, size: float, *, bold: bool = False, colour: RGBColor | None = None
) -> Any:
    run = paragraph.add_run(text)
    run.font.name, run.font.size, run.font.bold = LATIN, Pt(size), bold
    if colour is not None:
        run.font.color.rgb = colour
    # Word takes the face of Chinese characters from a place of its own.
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)
    return run


def _field(paragraph: Any, code: str) -> None:
    run = _run(paragraph, "", SONG, 14)
    for kind, text in (("begin", None), (None, code), ("end", None)):
        if kind is None:
            element = OxmlElement("w:instrText")
            element.set(qn("xml:space"), "preserve")
            element.text = text
        else:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        run._element.append(element)


def _border(paragraph: Any, side: str, colour: str, eighths: int) -> None:
    borders = OxmlElement("w:pBdr")
    line = OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", str(eighths)), ("space", "1"), ("color", colour)):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    paragraph._element.get_or_add_pPr().append(borders)


def _table(docx: Any, table: Table) -> None:
    caption = _line(docx, table.caption, HEI, 12, centred=True, spacing=18)
    caption.paragraph_format.keep_with_next = True
    grid = docx.add_table(rows=0, cols=len(table.head))
    grid.style = "Table Grid"
    grid.alignment = WD_TABLE_ALIGNMENT.CENTER
    for number, row in enumerate((table.head, *table.rows)):
        cells = grid.add_row().cells
        for column, (cell, text) in enumerate(zip(cells, row, strict=True)):
            paragraph = cell.paragraphs[0]
            left = column == 0 and number > 0
            paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT if left else WD_ALIGN_PARAGRAPH.CENTER
            _run(paragraph, text, FANG if number else HEI, 12)
    header = grid.rows[0]._tr.get_or_add_trPr()
    header.append(OxmlElement("w:tblHeader"))


def _chart(docx: Any, chart: dict[str, Any]) -> None:
    try:
        picture = picture_of(chart)
    except PdfMissing:
        rows = [
            (str(label), *("—" if s["values"][n] is None else str(s["values"][n]) for s in chart["series"]))
            for n, label in enumerate(chart["labels"])
        ]
        head = ("", *(str(series["name"]) for series in chart["series"]))
        _table(docx, Table(str(chart["caption"]), head, tuple(rows)))
        return
    paragraph = docx.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.keep_with_next = True
    shape = paragraph.add_run().add_picture(io.BytesIO(picture), width=WIDTH)
    # For those who hear the document.
    shape._inline.docPr.set("descr", str(chart["caption"]))
    _line(docx, str(chart["caption"]), FANG, 12, centred=True, spacing=18)


def _foot(docx: Any, document: Document) -> None:
    for text in (*document.notes, document.seal):
        if text:
            paragraph = _line(docx, text, FANG, 10.5, spacing=15)
            paragraph.paragraph_format.first_line_indent = Pt(0)
    lines = [f"主送：{'、'.join(document.to)}"]
    if document.copies:
        lines.append(f"抄送：{'、'.join(document.copies)}")
    lines.append("　　".join(f"{role}：{name}" for role, name in document.people))
    for text in lines:
        paragraph = _line(docx, text, FANG, 14, spacing=22)
        paragraph.paragraph_format.first_line_indent = Pt(0)
        _border(paragraph, "top", "000000", 6)
