"""Error pages that say what happened, that nothing was lost, and what to do; in both languages."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, g, jsonify, render_template, request
from flask_babel import lazy_gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from agent_console.refusals import Refusal, sentence_of

log = logging.getLogger("hotline.console")

PAGES: dict[int, tuple[Any, Any]] = {
    400: (lazy_gettext("页面已过期"), lazy_gettext("请重新打开这一页，再做一次。")),
    401: (lazy_gettext("请重新登录"), lazy_gettext("登录已结束。请重新登录，正在进行的通话不会中断。")),
    403: (lazy_gettext("这一页不对您的账号开放"), lazy_gettext("如需使用，请联系管理员为您开通。")),
    404: (lazy_gettext("没有这一页"), lazy_gettext("它可能已经结束或换了地址。请回到首页再找。")),
    405: (lazy_gettext("不能这样打开"), lazy_gettext("请回到首页，从页面上的按钮进入。")),
    409: (lazy_gettext("情况已经变了"), lazy_gettext("请看最新的状态，再决定怎么做。")),
    413: (lazy_gettext("内容太长"), lazy_gettext("请缩短后再保存，原文还在您的页面上。")),
    422: (lazy_gettext("有内容无法保存"), lazy_gettext("请按提示改正，原文还在您的页面上。")),
    429: (lazy_gettext("请求太多"), lazy_gettext("请稍等一分钟再试。紧急时请直接拨打 110 或 120。")),
    500: (
        lazy_gettext("系统出了问题"),
        lazy_gettext("通话不受影响。请刷新页面；若仍不行，请告诉值班督导这个时间。"),
    ),
    503: (lazy_gettext("服务暂时不可用"), lazy_gettext("通话不受影响。请稍后刷新页面。")),
}


def wants_fragment() -> bool:
    return "HX-Request" in request.headers


def wants_json() -> bool:
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], default="text/html")
    return request.is_json or best == "application/json"


def answer_fault(status: int, title: str, advice: str, code: str, details: dict[str, Any]) -> Any:
    """The same fault for a script, a fragment or a whole page."""
    if wants_json():
        return jsonify(code=code, title=title, advice=advice, **details), status
    template = "_fault.html" if wants_fragment() else "fault.html"
    return render_template(template, status=status, title=title, advice=advice), status


def set_up_errors(app: Flask) -> None:
    @app.errorhandler(CSRFError)
    def stale(_error: CSRFError) -> Any:
        title, advice = PAGES[400]
        return answer_fault(400, str(title), str(advice), "stale_page", {})

    @app.errorhandler(HTTPException)
    def known(error: HTTPException) -> Any:
        status = error.code or 500
        if error.response is not None:
            return error.response
        title, advice = PAGES.get(status, PAGES[500])
        return answer_fault(status, str(title), str(advice), str(status), {})

    @app.errorhandler(PoolTimeout)
    def overrun(_error: PoolTimeout) -> Any:
        """More is asked for than the database serves; pages ask again by their own timers. The answer itself
        asks the records nothing."""
        log.warning("no connection to the database was free for %s", request.endpoint)
        g.setdefault("signed_in", None)
        title, advice = PAGES[503]
        page = render_template("_fault.html", status=503, title=str(title), advice=str(advice))
        return page, 503, {"Retry-After": "5"}

    @app.errorhandler(OverflowError)
    @app.errorhandler(DataError)
    def beyond(error: Exception) -> Any:
        """A day, number or character that no calendar and no database holds: nothing was kept, and no page is
        there."""
        log.warning("%s beyond what is held in %s", type(error).__name__, request.endpoint)
        status = 404 if request.method == "GET" else 422
        title, advice = PAGES[status]
        return answer_fault(status, str(title), str(advice), "out_of_range", {})

    @app.errorhandler(Exception)
    def unforeseen(error: Exception) -> Any:
        if isinstance(error, Refusal) and isinstance(error.code, str):
            return answer_fault(409, sentence_of(error), "", error.code, error.details)
        # The message may hold a caller's data: only kind and place of the error are written down.
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
        log.error("unforeseen %s at %s in %s", type(error).__name__, place, request.endpoint)
        if app.config.get("PROPAGATE_EXCEPTIONS"):
            raise error
        title, advice = PAGES[500]
        return answer_fault(500, str(title), str(advice), "500", {})
