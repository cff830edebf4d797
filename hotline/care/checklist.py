"""The danger checklist as versioned data: steps that a person ticks, each with the clause it stands on.

A tick remembers the version; no version is ever taken out. Nothing here happens by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

CHECKLIST_VERSION = "2026-11"


@dataclass(frozen=True)
class Step:
    code: str
    zh: str
    en: str
    source: str
    """Clause of DOMAIN.md."""
    variant: str = ""
    """"" for every danger; third_party | silent: only for such a call."""


_STEPS = (
    Step(
        "keep_line",
        "留在线上，不结束通话，直到救援或可信的人接手",
        "Stay on the line until rescue or somebody trusted takes over",
        "b2 R4; f6",
    ),
    Step(
        "two_weeks",
        "直接问：最近两周，您有没有想过结束自己的生命？",
        "Ask directly: in the last two weeks, have you thought of ending your life?",
        "f6; b2 #19",
    ),
    Step(
        "plan",
        "问清计划、方法、时间、以往、此刻是否一个人",
        "Ask plan, means, when, past attempts, and whether they are alone now",
        "f6",
    ),
    Step(
        "place",
        "问清所在地和回电号码；原始主叫号码已在手边",
        "Ask where they are and how to call back; the original number is at hand",
        "b2 Lifeline #24; b1 #15",
    ),
    Step(
        "hope",
        "谈还抱有的希望、活下去的理由",
        "Talk about what gives hope and reasons for living",
        "f6",
    ),
    Step(
        "least_invasive",
        "先用影响最小的办法：本人同意、亲友到身边",
        "Least invasive first: with consent, somebody trusted comes",
        "b2 Lifeline #24",
    ),
    Step(
        "safety_plan",
        "一起定安全计划，写进登记",
        "Agree a safety plan and write it in the note",
        "f6",
    ),
    Step(
        "rescue",
        "由您或督导决定是否联系 110/120，写明依据；不联系也写明原因",
        "You or a supervisor decide on 110/120 with the ground; not calling is written down too",
        "b2 R4; b2 Lifeline #24",
    ),
    Step(
        "until_linked",
        "陪到救援或亲友接手，再结束",
        "Stay until rescue or family has taken over",
        "f6",
    ),
    Step(
        "reached",
        "确认救援到达本人身边；没有到达，写明下一步",
        "Confirm that rescue reached the person; if not, write the next step",
        "b2 R4; b2 Lifeline #24",
    ),
    Step(
        "third_party",
        "替他人来电：问清当事人在哪里、谁在身边、怎样联系到本人",
        "For another person: where that person is, who is with them, how to reach them",
        "f6 third-party variant; b2 Lifeline #24",
        "third_party",
    ),
    Step(
        "silent",
        "沉默来电：等待，慢慢说，请对方按键回答（1 是，2 否）",
        "A silent call: wait, speak slowly, offer keys (1 yes, 2 no)",
        "f6 silent call",
        "silent",
    ),
)

CHECKLISTS: dict[str, tuple[Step, ...]] = {CHECKLIST_VERSION: _STEPS}


def steps_for(variants: frozenset[str] = frozenset(), version: str = CHECKLIST_VERSION) -> tuple[Step, ...]:
    """The steps of this danger: the common ones, with those of its variants first."""
    own = [step for step in CHECKLISTS[version] if step.variant in variants]
    return (*own, *(step for step in CHECKLISTS[version] if not step.variant))


def is_step(code: str, version: str = CHECKLIST_VERSION) -> bool:
    return any(step.code == code for step in CHECKLISTS[version])
