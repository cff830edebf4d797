"""Risk language in what a caller says, each mark with its words and its reason.

Software may only raise a level, a named person lowers it: a mark is a reason to look, never a diagnosis.
`LexiconRiskMarker.mark` takes well under a millisecond a sentence, so that live captions can use it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from analytics.understand import risk_lexicon as lexicon
from analytics.understand.risk_expression import Category, Expression, Level

LEVEL_ORDER: dict[Level, int] = {"none": 0, "low": 1, "high": 2}
_CLAUSE = re.compile(r"[，。！？；、,.!?;\n\s…～~]")


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words that were marked (offsets in the text given) and why, in both languages.

    `key` names the expression (`intent`, `death_wish`, …); `guards` what lowered it
    (`negated`, `third_person`, `past`, `quoted`, `question`). A negated mark has level none and is not shown.
    """

    start: int
    end: int
    key: str
    category: Category
    level: Level
    score: float
    reason_zh: str
    reason_en: str
    guards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RiskMark:
    """What a text says about suicide and self-harm. `harm_to_others` is kept apart from it (DOMAIN c 14)."""

    level: Level
    score: float
    evidence: tuple[Evidence, ...]
    harm_to_others: tuple[Evidence, ...] = ()

    @property
    def flagged(self) -> bool:
        return self.level != "none"


@dataclass(frozen=True, slots=True)
class CallRisk:
    """The risk of a whole call: the strongest mark, and every marked utterance by its index."""

    level: Level
    score: float
    marks: tuple[tuple[int, RiskMark], ...]


class RiskLanguage(Protocol):
    """Marks risk in one text of the caller."""

    version: str

    def mark(self, text: str) -> RiskMark:
        """The level and its evidence; an empty text has none."""
        ...


_GUARD_WORDS = {
    "third_person": ("转述他人", "about somebody else"),
    "past": ("过去的事", "in the past"),
    "quoted": ("转述他人的话", "words of others"),
    "question": ("疑似接线员的提问", "likely the operator's question"),
}


class LexiconRiskMarker:
    """Expressions with guards for idiom, negation, third person, past, and quoted speech."""

    version = "lexicon-2"

    def mark(self, text: str) -> RiskMark:
        """See `RiskLanguage.mark`."""
        if not text:
            return RiskMark("none", 0.0, ())
        plain = lexicon.IDIOMS.sub(lambda match: "＿" * len(match.group()), text)
        taken: list[tuple[int, int]] = []
        found: list[Evidence] = []
        others: list[Evidence] = []
        for expression in lexicon.EXPRESSIONS:
            for match in expression.pattern.finditer(plain):
                start, end = match.span()
                if any(start < last and end > first for first, last in taken):
                    continue
                taken.append((start, end))
                evidence = _judge(expression, plain, start, end)
                if evidence is not None:
                    (others if expression.category == "harm_to_others" else found).append(evidence)
        found.sort(key=lambda evidence: evidence.start)
        return RiskMark(_highest(found), _combined(found), tuple(found), tuple(others))


def mark_call(
    marker: RiskLanguage, utterances: Iterable[tuple[str, str]], caller: str = "caller"
) -> CallRisk:
    """The risk of a call from (speaker, text) pairs in order; only `caller` counts.

    A recording whose channels are one is labelled `unknown`: it is read too, with the operator's questions
    guarded by their wording, since missing a caller is worse than marking a question.
    """
    marks = []
    for index, (speaker, text) in enumerate(utterances):
        if speaker in (caller, "unknown"):
            mark = marker.mark(text)
            if mark.flagged or mark.harm_to_others:
                marks.append((index, mark))
    level: Level = max((mark.level for _, mark in marks), key=LEVEL_ORDER.__getitem__, default="none")
    return CallRisk(level, max((mark.score for _, mark in marks), default=0.0), tuple(marks))


def _judge(expression: Expression, text: str, start: int, end: int) -> Evidence | None:
    clause = _CLAUSE.split(text[max(0, start - 24) : start])[-1]
    wider = text[max(0, start - 40) : start]
    if _negated(expression, clause, text[start:end], text[end : end + 8]):
        return None
    level, score, guards = expression.level, expression.weight, []
    if lexicon.OPERATOR_QUESTION.search(wider):
        guards.append("question")
    if _third_person(clause, text[start:end]):
        guards.append("third_person")
    elif lexicon.QUOTED.search(clause) and not clause.startswith("我"):
        guards.append("quoted")
    sentence = wider + text[start:end]
    if (
        expression.key != "act_in_progress"
        and lexicon.PAST.search(sentence)
        and not lexicon.RECENT.search(sentence)
    ):
        guards.append("past")
    if "question" in guards:
        level, score = "none", score * 0.2
    elif guards:
        level, score = "low", score * 0.6
    if level == "none":
        return None
    zh, en = expression.reason_zh, expression.reason_en
    for guard in guards:
        zh, en = f"{zh}（{_GUARD_WORDS[guard][0]}）", f"{en} ({_GUARD_WORDS[guard][1]})"
    return Evidence(
        start, end, expression.key, expression.category, level, round(score, 3), zh, en, tuple(guards)
    )


def _negated(expression: Expression, clause: str, words: str, after: str) -> bool:
    if lexicon.AFTER_NEGATION.match(after):
        return True
    if expression.key in (
        "intent",
        "about_suicide",
        "self_harm",
        "means_or_plan",
        "attempt",
        "harm_to_others",
    ):
        tail = clause[-10:]
        if tail.endswith(("不", "没", "没有")) and words.startswith(
            ("想", "会", "要", "去", "打算", "准备", "考虑", "选择")
        ):
            return not tail.endswith(("是不", "能不", "会不", "要不", "想不"))
        if lexicon.NEGATION.search(tail) and not lexicon.NEGATION_EXCEPT.search(tail):
            return True
    if words.startswith("我") and words.endswith("去死") and lexicon.ABUSE.search(clause):
        return True
    if expression.key == "death_wish":
        if words.endswith(("要死", "要死了", "要死掉", "快死了")) and lexicon.PANIC.search(clause):
            return True
        tail = clause[-8:]
        if re.search(r"(?:没有?|不是|并不|从没|不会|不再|不|没)$", tail) and not re.search(
            r"(?:是不是|有没有|要不|不得不|为什么不|怎么不)$", tail
        ):
            return not words.startswith(("不想活", "活不", "不要活"))
    return False


def _third_person(clause: str, words: str) -> bool:
    people = list(lexicon.THIRD_PERSON.finditer(clause))
    if not people:
        return False
    last = people[-1].end()
    if lexicon.FIRST_PERSON.search(clause[last:]) or words.startswith("我"):
        return False
    # 父母逼我想死, 他让我想死: somebody acts, the caller feels.
    return re.search(r"(?:让|逼|害|弄|搞|骂|打|对|叫)我", clause) is None


def _highest(evidence: list[Evidence]) -> Level:
    return max((item.level for item in evidence), key=LEVEL_ORDER.__getitem__, default="none")


def _combined(evidence: list[Evidence]) -> float:
    left = 1.0
    for item in evidence:
        left *= 1.0 - item.score
    return round(1.0 - left, 4)
