"""What a case expects, one check for each kind of expectation. Each answers the faults it found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hotline.exchange.rehearsal import matching, sounds
from hotline.exchange.rehearsal.messages import check_messages
from hotline.exchange.rehearsal.stage import Stage

TOLERANCE_SECONDS = 1.0
Check = Callable[[Stage, Any, dict[str, Any]], list[str]]


def faults(stage: Stage) -> list[str]:
    """Everything in which the run differs from the expectation."""
    expected: dict[str, Any] = stage.case.get("expect") or {}
    found: list[str] = []
    for key, value in expected.items():
        if key in MODIFIERS:
            continue
        check = CHECKS.get(key)
        found += check(stage, value, expected) if check else [f"the expectation {key} is not understood"]
    found += [f"{a.method} {a.bare_url} carried no valid signature" for a in stage.app.asked if not a.signed]
    return found


def _requests(stage: Stage, value: Any, _expected: dict[str, Any]) -> list[str]:
    asked = stage.app.asked
    missing = matching.first_unmatched(value, asked, stage.fill)
    if missing is None:
        return []
    got = [f"{a.method} {a.bare_url}" for a in asked]
    want = value[missing]
    near = [a.fields for a in asked if matching.url_fits(str(want["url"]), a, stage.fill)]
    return [
        f"request {missing + 1} ({want.get('url')}) did not come in order; got {got}; its params: {near[-1:]}"
    ]


def _any_order(stage: Stage, value: Any, _expected: dict[str, Any]) -> list[str]:
    left, found = list(stage.app.asked), []
    for want in value:
        hit = next((a for a in left if matching.request_fits(want, a, stage.fill)), None)
        if hit is None:
            found.append(f"no request fits {want}")
        else:
            left.remove(hit)
    return found


def _to(stage: Stage, url: str) -> list[Any]:
    return [a for a in stage.app.asked if matching.url_fits(url, a, stage.fill)]


def _no_requests(stage: Stage, value: Any, _expected: dict[str, Any]) -> list[str]:
    return [f"{url} was asked" for url in value if _to(stage, url)]


def _in_order(stage: Stage, value: Any, expected: dict[str, Any]) -> list[str]:
    found = []
    for url, events in value.items():
        got = [matching.event_of(a) for a in _to(stage, url)]
        moves = bool(expected.get("start_may_precede_second_join"))
        if not matching.orders_equal(list(events), got, moves):
            found.append(f"{url} got {got}")
    return found


def _told(stage: Stage, expected: dict[str, Any]) -> list[Any]:
    urls = expected.get("requests_in_order_per_url") or {r["url"]: 0 for r in expected.get("requests", [])}
    return [a for url in urls for a in _to(stage, url)]


def _each_has(stage: Stage, value: Any, expected: dict[str, Any]) -> list[str]:
    told = _told(stage, expected)
    if not told:
        return ["nothing was told"]
    return [f"{name} is missing in {a.bare_url}" for a in told for name in value if name not in a.fields]


def _last(stage: Stage, value: Any, expected: dict[str, Any]) -> list[str]:
    told = _told(stage, expected)
    if told and matching.params_fit(value, told[-1], stage.fill):
        return []
    return [f"the last one was {told[-1].fields if told else None}"]


def _exact_count(stage: Stage, value: Any, _expected: dict[str, Any]) -> list[str]:
    return [
        f"{url} was asked {len(_to(stage, url))} times"
        for url, n in value.items()
        if len(_to(stage, url)) != n
    ]


def _details(stage: Stage, kind: str) -> list[str]:
    return [seen.detail for seen in stage.seen if seen.kind == kind]


def _spoken(stage: Stage, value: Any, _expected: dict[str, Any]) -> list[str]:
    said = _details(stage, "say")
    return [f"{text!r} was not said; said: {said}" for text in value if not any(text in s for s in said)]


def _not_spoken(stage: Stage, value: Any, _expected: dict[str, Any]) -> list[str]:
    return [f"{text!r} was said" for text in value if any(text in s for s in _details(stage, "say"))]


def _played(stage: Stage, value: Any, _expected: dict[str, Any]) -> list[str]:
    return [f"{url} was not played" for url in value if stage.fill(url) not in _details(stage, "play")]


def _not_played(stage: Stage, value: Any, _expected: dict[str, Any]) -> list[str]:
    return [f"{url} was played" for url in value if stage.fill(url) in _details(stage, "play")]


def _verbs(stage: Stage, value: Any, _expected: dict[str, Any]) -> list[str]:
    got = [seen.detail for seen in stage.seen if seen.kind == "verb" and seen.call is stage.main]
    return [] if got == list(value) else [f"verbs were {got}"]


def _final_status(stage: Stage, value: Any, _expected: dict[str, Any]) -> list[str]:
    call = stage.main
    ended = [seen.at for seen in stage.seen if seen.kind == "runner"]
    status = call.status if call else None
    if not matching.value_fits(value, status, stage.fill):
        return [f"the final status is {status}"]
    if call and ended and any(s.kind == "status" and s.call is call and s.at > ended[0] for s in stage.seen):
        return ["the call did not end by itself"]
    return []


def lasted(stage: Stage) -> float:
    """Seconds from the start to the end of the first call, or to now."""
    call = stage.main
    ends = [s.at for s in stage.seen if s.kind == "status" and call and s.call is call and call.is_final]
    return (ends[-1] if ends else stage.seen[-1].at if stage.seen else stage.started) - stage.started


def _min_s(stage: Stage, value: Any, _expected: dict[str, Any]) -> list[str]:
    return [] if lasted(stage) >= float(value) - TOLERANCE_SECONDS else [f"over after {lasted(stage):.1f} s"]


def _max_s(stage: Stage, value: Any, _expected: dict[str, Any]) -> list[str]:
    return [] if lasted(stage) <= float(value) + TOLERANCE_SECONDS else [f"lasted {lasted(stage):.1f} s"]


def _bridged(stage: Stage, value: Any, _expected: dict[str, Any]) -> list[str]:
    return [] if bool(stage.exchange.bridged) == bool(value) else [f"bridged {stage.exchange.bridged} times"]


def _action_after(stage: Stage, value: Any, expected: dict[str, Any]) -> list[str]:
    if value != "bridge end":
        return [f"action_after {value} is not understood"]
    over = [s.at for s in stage.seen if s.detail == "unbridged"]
    told = _to(stage, str(expected["requests"][-1]["url"]))
    if over and told and told[-1].at >= over[0]:
        return []
    return ["the action came before the end of the bridge"]


def _rest_status(stage: Stage, value: Any, _expected: dict[str, Any]) -> list[str]:
    got = [status for status, _ in stage.rest_answers]
    return [] if got and matching.value_fits(value, got[-1], stage.fill) else [f"REST answered {got}"]


def _rest_body(stage: Stage, value: Any, _expected: dict[str, Any]) -> list[str]:
    body = stage.rest_answers[-1][1] if stage.rest_answers else None
    return [] if matching.value_fits(value, body, stage.fill) else [f"REST answered {body}"]


def _rest_code(stage: Stage, value: Any, _expected: dict[str, Any]) -> list[str]:
    return _rest_body(stage, {"code": value}, {})


def _errors(stage: Stage, value: Any, _expected: dict[str, Any]) -> list[str]:
    wanted = value if isinstance(value, list) else [value]
    got = _details(stage, "error")
    return [f"error {code} was not raised; raised: {got}" for code in wanted if str(code) not in got]


CHECKS: dict[str, Check] = {
    "requests": _requests,
    "requests_any_order": _any_order,
    "no_requests_to": _no_requests,
    "requests_in_order_per_url": _in_order,
    "each_has": _each_has,
    "last": _last,
    "exact_count": _exact_count,
    "spoken": _spoken,
    "not_spoken": _not_spoken,
    "played": _played,
    "not_played": _not_played,
    "verbs": _verbs,
    "final_status": _final_status,
    "min_s": _min_s,
    "max_s": _max_s,
    "bridged": _bridged,
    "action_after": _action_after,
    "rest_status": _rest_status,
    "rest_body": _rest_body,
    "rest_response": _rest_body,
    "rest_code": _rest_code,
    "rest_error_code": _rest_code,
    "error_code": _errors,
    "error_codes": _errors,
    "errors": _errors,
    "warnings": _errors,
    "messages": check_messages,
    "audio": sounds.check_audio,
    "audio_matrix": sounds.check_matrix,
}
# They say how another expectation is read.
MODIFIERS = frozenset({"start_may_precede_second_join", "ws", "note", "notes", "comment"})
