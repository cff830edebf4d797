"""Isolation sites: how many workers 200 people ask for, and which site has too few."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for

from agent_console.permissions import Permission, needs
from agent_console.queries_administration import place_choices
from agent_console.readiness_pages import Answer, fault_of, kept
from agent_console.sessions import me, parts
from agent_console.translation import gettext
from hotline.domain.needed_seats import isolation_site_workers
from hotline.workforce.isolation_sites import IsolationSites, open_sites

blueprint = Blueprint("isolation_pages", __name__, url_prefix="/coverage/isolation-sites")


@blueprint.get("/")
@needs(Permission.KEEP_PEOPLE)
def index() -> str:
    return _page()


@blueprint.post("/")
@needs(Permission.KEEP_PEOPLE)
def save() -> Answer:
    form = request.form

    def save_it() -> str:
        IsolationSites(parts().work, parts().audit_key).save(
            form.get("site_id", type=int),
            name=form.get("name", "").strip(),
            place_code=form.get("place_code", ""),
            people=form.get("people", -1, type=int),
            workers=form.get("workers", -1, type=int),
            by_id=me().id,
        )
        return gettext("已保存，按每 200 人 6 至 9 人重算。")

    return kept(save_it, lambda wrong: _page(fault_of(wrong)), url_for("isolation_pages.index"))


@blueprint.post("/<int:site_id>/close")
@needs(Permission.KEEP_PEOPLE)
def close(site_id: int) -> Answer:
    def close_it() -> str:
        IsolationSites(parts().work, parts().audit_key).close(site_id, by_id=me().id)
        return gettext("这个隔离场所已撤销，记录保留。")

    return kept(close_it, lambda wrong: _page(fault_of(wrong)), url_for("isolation_pages.index"))


def _page(fault: str | None = None) -> str:
    people = min(1_000_000, max(0, request.args.get("people", 200, type=int)))
    with parts().reading() as records:
        sites, places = open_sites(records), place_choices(records)
    chosen = request.args.get("site", type=int)
    return render_template(
        "supervisor/isolation.html",
        sites=sites,
        places=places,
        people=people,
        workers=isolation_site_workers(people),
        chosen=next((site for site in sites if site.site_id == chosen), None),
        fault=fault,
        typed=request.form if fault else {},
    )
