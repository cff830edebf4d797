"""Reports: supervisors edit and sign what the clock drafted; officials read what was signed for them."""

from __future__ import annotations

from datetime import date
from io import BytesIO

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as Redirect

from agent_console import queries_papers as read
from agent_console.audited import note_reading
from agent_console.permissions import Permission, needs
from agent_console.queries_officials import alert_for_hotline, alert_for_official
from agent_console.refusals import sentence_of
from agent_console.sessions import me, parts
from analytics.papers.answers import PaperAnswers
from analytics.papers.calendar import PERIODIC
from analytics.papers.files import FORMATS, alert_document
from analytics.papers.html import body_of
from analytics.papers.pdf import PdfMissing, missing_for_pdf
from analytics.papers.plan import Plans
from analytics.papers.standing import StandingSignatures
from analytics.report.errors import Refused
from models.surveillance import Alert
from models.vocabulary import PlaceLevel, Role
from models.vocabulary_papers import PaperKind

blueprint = Blueprint("papers", __name__, url_prefix="/papers")

Answer = str | tuple[str, int] | Redirect


@blueprint.get("/")
@needs(Permission.READ_REPORTS)
def index() -> str:
    return _list()


def _list(fault: str | None = None) -> str:
    ready, person = parts(), me()
    kind = next((k for k in PaperKind if k.value == request.args.get("kind")), None)
    place = request.args.get("place", "")
    page = max(0, request.args.get("page", 0, type=int))
    with ready.reading() as records:
        box = read.shelf(records, person.id, ready.clock(), kind, place, page)
    return render_template(
        "papers/list.html",
        box=box,
        page=page,
        kind=kind,
        kinds=tuple(PaperKind),
        place=place,
        levels=tuple(PlaceLevel),
        periodic=PERIODIC,
        is_supervisor=person.role is Role.SUPERVISOR,
        missing=missing_for_pdf(),
        fault=fault,
    )


@blueprint.get("/<int:paper_id>")
@needs(Permission.READ_REPORTS)
def paper(paper_id: int) -> str:
    found = _readable(paper_id)
    note_reading("report.read", f"report:{paper_id}")
    if me().role is Role.OFFICIAL:
        _answers().opened(paper_id, me().id)
        found = _readable(paper_id)
    return _shown(found)


@blueprint.post("/<int:paper_id>/words")
@needs(Permission.READ_REPORTS)
def say(paper_id: int) -> Answer:
    """An official acknowledges, asks, or tells what was done; the hotline answers."""
    found, form, answers, mine = _readable(paper_id), request.form, _answers(), me().id
    typed = form.get("text", "")
    try:
        match form.get("kind"):
            case "acknowledge":
                answers.acknowledge(paper_id, mine)
                flash(gettext("已签收，回执已送达热线。"))
            case "ask":
                answers.ask(paper_id, mine, typed)
                flash(gettext("问题已发到热线，答复会出现在这一页。"))
            case "tell":
                answers.tell(paper_id, mine, typed)
                flash(gettext("已反馈给热线。"))
            case "answer":
                answers.answer(paper_id, mine, typed)
                flash(gettext("已答复，对方打开这份报告时会看到。"))
            case _:
                abort(400)
    except Refused as refused:
        return _shown(found, sentence_of(refused), typed), 409
    return redirect(url_for("papers.paper", paper_id=paper_id, _anchor="words-h"), 303)


def _answers() -> PaperAnswers:
    return PaperAnswers(parts().work, parts().audit_key)


def _shown(found: read.PaperPage, fault: str | None = None, typed: str = "") -> str:
    return render_template(
        "papers/paper.html",
        page=found,
        body=body_of(found.document),
        is_supervisor=me().role is Role.SUPERVISOR,
        missing=missing_for_pdf(),
        formats=tuple(FORMATS),
        figure_in_english=read.figure_in_english,
        fault=fault,
        typed=typed,
    )


@blueprint.get("/<int:paper_id>/figures/<key>")
@needs(Permission.WRITE_REPORTS)
def figure(paper_id: int, key: str) -> str:
    """The definition, the query, what the paper says and what a count gives now."""
    ready = parts()
    with ready.reading() as records:
        found = read.figure_source(records, paper_id, key, ready.papers)
    if found is None:
        abort(404)
    return render_template("papers/figure.html", source=found)


@blueprint.get("/<int:paper_id>/report.<ending>")
@needs(Permission.READ_REPORTS)
def download(paper_id: int, ending: str) -> Response | tuple[str, int]:
    found = _readable(paper_id)
    note_reading(f"report.{ending}"[:40], f"report:{paper_id}")
    name = f"{found.redhead}{found.number or ''}.{ending}"
    try:
        return _file(ending, name, found)
    except PdfMissing as missing:
        sentence = gettext("这台机器还不能生成 PDF，请先安装：%(names)s。", names=" ".join(missing.packages))
        return _shown(found, sentence), 503


def _file(ending: str, name: str, found: read.PaperPage | read.SpecialPage) -> Response:
    if ending not in FORMATS:
        abort(404)
    media, write = FORMATS[ending]
    # A header holds ASCII alone: send_file names the file as RFC 6266 asks.
    answer = send_file(BytesIO(write(found.document)), media, as_attachment=True, download_name=name)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.get("/special/<int:alert_id>.<ending>")
@needs(Permission.READ_REPORTS)
def special(alert_id: int, ending: str) -> Response:
    """The 专报 of an alert, for those who may read the alert."""
    ready, person = parts(), me()
    with ready.reading() as records:
        official = person.role is Role.OFFICIAL
        page = (
            alert_for_official(records, alert_id, person.id)
            if official
            else alert_for_hotline(records, alert_id)
        )
        if page is None:
            abort(404)
        document = alert_document(records, records.get_one(Alert, alert_id))
    note_reading(f"alert.{ending}"[:40], f"alert:{alert_id}")
    name, sheet = f"{document.redhead}{document.number}", read.SpecialPage(document)
    try:
        return _file(ending, f"{name}.{ending}", sheet)
    except PdfMissing:
        # The machine lacks what PDF needs; the same paper as a page is better than none.
        return _file("html", f"{name}.html", sheet)


@blueprint.post("/draft")
@needs(Permission.WRITE_REPORTS)
def draft() -> Answer:
    """By hand, what the clock did not write: a period that is over."""
    form = request.form
    try:
        kind, day = PaperKind(form.get("kind", "")), date.fromisoformat(form.get("day", ""))
        paper_id = parts().papers.draft(kind, form.get("place", ""), day, me().id)
    except ValueError:
        return _list(gettext("请选择种类和日期。")), 422
    except Refused as refused:
        return _list(sentence_of(refused)), 409
    if paper_id is None:
        return _list(gettext("这一天不单独编制这种报告：第五天由五日总结说明。")), 422
    return redirect(url_for("papers.paper", paper_id=paper_id), 303)


@blueprint.post("/<int:paper_id>")
@needs(Permission.WRITE_REPORTS)
def decide(paper_id: int) -> Answer:
    """One step of a draft; which, is in the form."""
    form, desk, mine = request.form, parts().papers, me().id
    revision = form.get("revision", 0, type=int)
    try:
        match form.get("step"):
            case "edit":
                remarks = {
                    key.removeprefix("remark-"): text
                    for key, text in form.items()
                    if key.startswith("remark-")
                }
                desk.edit(paper_id, mine, revision, remarks, _items())
                flash(gettext("已保存。"))
            case "sign":
                desk.sign(paper_id, mine, revision, wants_receipt=form.get("receipt") == "yes")
                flash(gettext("已签发并编号，正在报送。"))
            case "count":
                desk.count_anew(paper_id, mine)
                flash(gettext("已按最新登记重新统计，手写的内容没有变。"))
            case "drop":
                desk.drop(paper_id, mine, form.get("reason", ""))
                flash(gettext("这份报告不签发，原因已记录。"))
                return redirect(url_for("papers.index"), 303)
            case _:
                abort(400)
    except Refused as refused:
        return _shown(_readable(paper_id), sentence_of(refused)), 409
    return redirect(url_for("papers.paper", paper_id=paper_id), 303)


def _items() -> list[dict[str, str]]:
    form = request.form
    rows = zip(form.getlist("unit"), form.getlist("advice"), form.getlist("until"), strict=False)
    return [{"unit": unit, "advice": advice, "until": until} for unit, advice, until in rows]


@blueprint.post("/standing")
@needs(Permission.WRITE_REPORTS)
def standing() -> Answer:
    form, mine = request.form, me().id
    signatures = StandingSignatures(parts().work, parts().audit_key)
    place = form.get("place", "")
    try:
        if form.get("wish") == "end":
            signatures.revoke(place, mine)
            flash(gettext("常设签发已停止，趋势摘要改为逐份签发。"))
        else:
            signatures.give(place, mine, form.get("days", 30, type=int), form.get("reason", ""))
            flash(gettext("常设签发已生效，只用于趋势摘要。"))
    except Refused as refused:
        return _list(sentence_of(refused)), 409
    return redirect(url_for("papers.index"), 303)


@blueprint.post("/plan")
@needs(Permission.WRITE_REPORTS)
def plan() -> Answer:
    """Which reports the places of each level get; the hotline's own place gets every one."""
    chosen = {
        level: [kind for kind in PaperKind if f"{level.value}:{kind.value}" in request.form.getlist("plan")]
        for level in PlaceLevel
    }
    try:
        Plans(parts().work, parts().audit_key).choose(me().id, chosen)
    except Refused as refused:
        return _list(sentence_of(refused)), 409
    flash(gettext("已保存，从下一期起按此编制。"))
    return redirect(url_for("papers.index"), 303)


def _readable(paper_id: int) -> read.PaperPage:
    """Another place's report, and a draft for an official, are answered as ones that do not exist."""
    ready = parts()
    with ready.reading() as records:
        found = read.paper_page(records, paper_id, me().id, ready.clock())
    if found is None:
        abort(404)
    return found
