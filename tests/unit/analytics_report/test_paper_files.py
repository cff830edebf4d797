"""The files of a report as an office meets them: searchable, faces embedded, lines broken right."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import docx
import pypdf
import pypdfium2
import pytest

from analytics.papers import pdf
from analytics.papers.charts import svg_of
from analytics.papers.document import INTERNAL, Document, Section, Table, lines_of
from analytics.papers.docx import docx_of
from analytics.papers.html import body_of, page_of
from analytics.papers.pdf import PdfMissing, pdf_of

CHART = {
    "caption": "主要问题（人）",
    "unit": "人",
    "form": "bars",
    "labels": ["情绪问题", "睡眠"],
    "series": [{"name": "本期", "values": [61, None]}, {"name": "上期", "values": [57, 38]}],
}
LONG = "接通率为百分之九十五，放弃九次；平均等待二十二秒，最长等待两分四十一秒。" * 12
PAPER = Document(
    redhead="心理援助热线日报",
    number="〔2026〕31号",
    issuer="云江省心理援助热线",
    day="2026年11月23日",
    title="云江省11月22日来电情况",
    marks=(INTERNAL,),
    sections=(
        Section("一、总体情况", ("呼入221次，接通212次，接通率95.9%。", LONG), charts=(CHART,)),
        Section(
            "二、来电构成",
            (),
            ("（一）教育部门：开展<排查>。",),
            (Table("主要问题", ("主要问题", "人数"), (("情绪问题", "61"), ("其余（不单列）", "—"))),),
        ),
    ),
    to=("云江省联防联控机制",),
    copies=("省教育厅",),
    people=(("编制", "系统"), ("签发", "秦立")),
    notes=("“—”为不足5人。",),
    seal="口径 2026-12.1",
)


@pytest.fixture(scope="module")
def written() -> bytes:
    return pdf_of(PAPER)


def test_the_text_can_be_searched_and_copied(written: bytes) -> None:
    with pypdfium2.PdfDocument(written) as pages:
        text = "".join(page.get_textpage().get_text_range() for page in pages)
    flat = "".join(text.split())
    for words in (
        "内部资料不得公开", "心理援助热线日报", "〔2026〕31号", "云江省11月22日来电情况",
        "呼入221次，接通212次，接通率95.9%。", "主送：云江省联防联控机制", "抄送：省教育厅",
        "签发：秦立", "情绪问题",
    ):  # fmt: skip
        assert words in flat, words


@pytest.mark.parametrize(("rows", "on_the_first"), [(20, True), (8, False)])
def test_a_long_table_begins_where_it_stands_and_a_short_one_is_kept_whole(
    rows: int, on_the_first: bool
) -> None:
    """Eight lines before it leave room for some rows: a sheet's table must not stand alone on page two."""
    table = Table("工作报表", ("项目", "数量"), tuple((f"第{n}行", str(n)) for n in range(1, rows + 1)))
    sheet = Section("二、工作报表", (), tables=(table,))
    document = replace(PAPER, sections=(Section("一、总体情况", (LONG[: 22 * 8],)), sheet))
    with pypdfium2.PdfDocument(pdf_of(document)) as pages:
        texts = ["".join(page.get_textpage().get_text_range().split()) for page in pages]
    assert ("第1行" in texts[0]) is on_the_first
    where = [n for n, text in enumerate(texts) for row in range(1, rows + 1) if f"第{row}行" in text]
    assert len(where) >= rows, "no row is lost"
    for page in set(where):
        assert "项目数量" in texts[page], "under its head on each page"


def test_every_face_is_embedded(written: bytes) -> None:
    faces = {}
    for page in pypdf.PdfReader(io.BytesIO(written)).pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index, union-attr]
            font = font.get_object()
            inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
            faces[font["/BaseFont"]] = any("FontFile" in key for key in inner["/FontDescriptor"])
    assert len(faces) >= 2
    assert all(faces.values()), faces


def test_no_line_begins_with_a_closing_sign_nor_ends_with_an_opening_one(written: bytes) -> None:
    with pypdfium2.PdfDocument(written) as pages:
        lines = [
            line.strip()
            for page in pages
            for line in page.get_textpage().get_text_range().splitlines()
            if len(line.strip()) > 20
        ]
    assert len(lines) >= 10
    assert [line for line in lines if line[0] in "，。；：、）》”" or line[-1] in "（《“"] == []


def test_the_page_is_a4_with_the_text_block_of_the_standard(written: bytes) -> None:
    with pypdfium2.PdfDocument(written) as pages:
        page = pages[0]
        width, height = page.get_size()
        boxes = [o.get_bounds() for o in page.get_objects() if o.type == 1]
    millimetre = 72 / 25.4
    assert (round(width / millimetre), round(height / millimetre)) == (210, 297)
    left = min(box[0] for box in boxes)
    assert left >= 27.5 * millimetre, "binding edge"
    assert max(box[2] for box in boxes) <= (210 - 25) * millimetre


def test_the_docx_has_the_same_words_the_official_faces_and_a_picture_that_is_described() -> None:
    content = docx_of(PAPER)
    opened = docx.Document(io.BytesIO(content))
    text = "\n".join(p.text for p in opened.paragraphs)
    for words in ("心理援助热线日报", "呼入221次", "（一）教育部门：开展<排查>。", "签发：秦立"):
        assert words in text
    assert [cell.text for cell in opened.tables[0].rows[1].cells] == ["情绪问题", "61"]
    assert round(opened.sections[0].left_margin.mm) == 28  # type: ignore[union-attr]
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        xml = parts.read("word/document.xml").decode()
        assert any(name.endswith(".png") for name in parts.namelist())
    assert 'w:eastAsia="仿宋_GB2312"' in xml
    assert "主要问题（人）" in xml


def test_without_pango_the_docx_has_a_table_and_the_pdf_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pdf, "missing_for_pdf", lambda: ("libpango-1.0-0",))
    with pytest.raises(PdfMissing) as missing:
        pdf_of(PAPER)
    assert missing.value.packages == ("libpango-1.0-0",)
    opened = docx.Document(io.BytesIO(docx_of(PAPER)))
    assert ["情绪问题", "61", "57"] in [[c.text for c in r.cells] for t in opened.tables for r in t.rows]
    assert "<article" in page_of(PAPER)


def test_words_are_escaped_and_nothing_is_fetched() -> None:
    hostile = replace(PAPER, title='<img src="file:///etc/passwd">', sections=())
    assert "<img" not in body_of(hostile)
    assert b"%PDF-" in pdf_of(hostile)
    chart = svg_of(CHART | {"labels": ["<script>", '"&']})
    assert "<script>" not in chart
    assert "style=" not in chart, "a strict content policy lets it stand"


def test_a_long_title_is_two_even_lines_broken_where_a_word_ends() -> None:
    assert lines_of("云江省11月22日来电情况") == ("云江省11月22日来电情况",)
    assert lines_of("关于青石县停产、工友、讨薪相关求助增多的提示") == (
        "关于青石县停产、工友、",
        "讨薪相关求助增多的提示",
    )
    assert lines_of("云江省2026年下半年心理援助热线工作情况") == (
        "云江省2026年下半年",
        "心理援助热线工作情况",
    )
