"""The routing rules that administrators set, and the languages and skills of people."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from agent_console import words
from agent_console.administration import sentence
from agent_console.administration_people import person_form
from agent_console.permissions import Permission, needs
from agent_console.queries_network import SKILL_LISTS
from agent_console.rule_words import RULE_NAMES, UNITS
from agent_console.sessions import me, parts
from agent_console.translation import gettext
from hotline.domain.explanation import KEPT_PLACES
from hotline.domain.priority import Reason
from hotline.domain.routing_policy import BOUNDS, MOST_CREDIT_EACH
from hotline.routing.policy import policy_of
from hotline.workforce.errors import FieldWrong, NotFound, Refused
from hotline.workforce.routing_rules import NUMBERS, RoutingRules
from hotline.workforce.skills import Skills
from models.vocabulary_network import Keeping, Strategy

blueprint = Blueprint("administration_rules", __name__, url_prefix="/administration")

Answer = str | tuple[str, int] | Response
OF_ORDER = ("most_credit_seconds",)
OF_WIDENING = (
    "city_after_seconds",
    "province_after_seconds",
    "anywhere_after_seconds",
    "partner_after_seconds",
    "skill_after_seconds",
    "language_after_seconds",
    "known_operator_seconds",
)
AFTER_A_TALK = (
    "wrap_up_seconds",
    "wrap_up_over_seconds",
    "rest_after_decline_seconds",
    "rest_after_no_answer_seconds",
)
OF_NUISANCE = (
    "nuisance_calls",
    "nuisance_window_seconds",
    "nuisance_lasts_seconds",
    "nuisance_repeated_from",
    "nuisance_repeated_within_seconds",
    "nuisance_repeated_lasts_seconds",
)


@blueprint.get("/rules")
@needs(Permission.ADMINISTER)
def rules() -> str:
    return _rules_page()


@blueprint.post("/rules")
@needs(Permission.ADMINISTER)
def save_rules() -> Answer:
    form = request.form
    strategy = next((s for s in Strategy if str(s) == form.get("strategy")), None)
    keeping = next((k for k in Keeping if str(k) == form.get("keeping")), None)
    try:
        if strategy is None:
            raise FieldWrong("strategy", "unknown")
        if keeping is None:
            raise FieldWrong("keeping", "unknown")
        RoutingRules(parts().work, parts().audit_key).save(
            credits={str(r): 60 * form.get(f"credit_{r}", -1, type=int) for r in _credited()},
            numbers={n: form.get(n, -1, type=int) * UNITS.get(n, 1) for n in NUMBERS},
            strategy=strategy,
            keeping=keeping,
            by_id=me().id,
        )
    except FieldWrong as wrong:
        return _rules_page(wrong), 422
    flash(gettext("规则已保存，修改前后的内容已记入审计。正在等待的来电位置不变。"))
    return redirect(url_for("administration_rules.rules"), 303)


@blueprint.post("/people/<int:person_id>/skills")
@needs(Permission.ADMINISTER)
def save_skills(person_id: int) -> Answer:
    form = request.form
    wanted = {
        str(code): (form.get(f"level_{code}", 0, type=int), form.get(f"weekdays_{code}", "").strip())
        for _heading, codes in SKILL_LISTS
        for code in codes
        if form.get(f"level_{code}")
    }
    try:
        Skills(parts().work, parts().audit_key).save(person_id, wanted, by_id=me().id)
    except NotFound:
        abort(404)
    except Refused as refused:
        return person_form(person_id, refused), 422
    flash(gettext("语言与专长已保存；此人在岗时立即生效。"))
    return redirect(url_for("administration_people.person", person_id=person_id), 303)


def _credited() -> tuple[Reason, ...]:
    """A resumed place has the old one for credit, not a number."""
    return tuple(reason for reason in Reason if reason not in KEPT_PLACES)


def _rules_page(wrong: FieldWrong | None = None) -> str:
    with parts().reading() as records:
        policy = policy_of(records)
    on_file = {
        name: (policy.credits.most_seconds if name == "most_credit_seconds" else getattr(policy, name))
        // UNITS.get(name, 1)
        for name in NUMBERS
    }
    bounds = {n: (low // UNITS.get(n, 1), high // UNITS.get(n, 1)) for n, (low, high) in BOUNDS.items()}
    return render_template(
        "administration/rules.html",
        policy=policy,
        credits=[
            (r, words.in_words(words.QUEUE_REASONS, r), policy.credits.of(r) // 60) for r in _credited()
        ],
        most_minutes=MOST_CREDIT_EACH // 60,
        on_file=on_file,
        bounds=bounds,
        names=RULE_NAMES,
        of_order=OF_ORDER,
        of_widening=OF_WIDENING,
        after_a_talk=AFTER_A_TALK,
        of_nuisance=OF_NUISANCE,
        strategies=tuple(Strategy),
        keepings=tuple(Keeping),
        fault=sentence(wrong) if wrong else None,
        wrong_field=wrong.details["field"] if wrong else None,
        typed=request.form if wrong else {},
    )
