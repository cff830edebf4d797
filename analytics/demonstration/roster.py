"""The demonstration's roster: two centres whose shifts repeat, published around the present, lived so far.

A week of each centre: as many seats as its calls need at every hour, in shifts of eight hours, fifteen
people, nobody above forty hours, a day's rest between day, evening and night, a stand-by each evening and
night. What a supervisor finds to do lies near the present: a gap three days ahead, a night that another
centre takes, leave and swaps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from analytics.demonstration.seat_log import write_seat_log
from models.duty_requests import DutyContact, Leave, Swap
from models.people import Person
from models.places import Centre
from models.roster import NamedExit, OpenShift, RosterVersion, ShiftPattern, SkillNeed
from models.seats import Seat
from models.unit_of_work import Work
from models.vocabulary import ShiftKind
from models.vocabulary_roster import AskState, ExitKind, LeaveKind, OpenReason
from models.workforce import Shift

PAST_DAYS, AHEAD_DAYS = 7, 14
GAP_DAY, EXIT_DAYS = 3, (-2, 5)
"""Days from today: an evening that lacks a seat; nights that the second centre hands to the first."""
NIGHT, DAY, EVENING = ("00:00", 480), ("08:00", 480), ("16:00", 480)
ON_CALL, PEAK = ("16:00", 960), ("18:00", 240)
NAMES = {NIGHT: "夜班", DAY: "白班", EVENING: "晚班", ON_CALL: "晚夜备班", PEAK: "周末晚高峰加席（自愿报名）"}
WEEK: tuple[tuple[int | None, str, tuple[str, int], int | None], ...] = (
    (0, "MO,TU,TH,FR,SA", NIGHT, 0),
    (1, "MO,TU,WE,FR,SA", NIGHT, 1),
    (2, "MO,TU,WE,FR,SU", EVENING, 0),
    (3, "TH", NIGHT, 1),
    (3, "MO,WE,FR,SU", NIGHT, 2),
    (4, "MO,WE,FR,SA,SU", DAY, 0),
    (5, "TU,TH", DAY, 0),
    (5, "WE,FR,SU", DAY, 1),
    (6, "MO,TU,TH,SA", DAY, 1),
    (6, "FR", DAY, 3),
    (6, "FR,SA", ON_CALL, None),
    (7, "MO,TU,WE,TH,SA", DAY, 2),
    (8, "FR,SU", DAY, 2),
    (8, "MO,WE,TH", DAY, 3),
    (8, "WE", ON_CALL, None),
    (9, "TH,SA", EVENING, 0),
    (9, "MO,WE,SU", EVENING, 1),
    (9, "TU", ON_CALL, None),
    (10, "WE,SU", NIGHT, 0),
    (10, "TU,TH,SA", NIGHT, 2),
    (11, "TU,TH,FR,SA", EVENING, 1),
    (11, "MO", EVENING, 2),
    (11, "SU", ON_CALL, None),
    (12, "TU", DAY, 3),
    (12, "WE,FR,SA,SU", EVENING, 2),
    (12, "TH", ON_CALL, None),
    (13, "SU", NIGHT, 1),
    (13, "TU,WE,TH,FR", EVENING, 3),
    (13, "MO", ON_CALL, None),
    (14, "TU,TH", EVENING, 2),
    (14, "MO,SA,SU", EVENING, 3),
    (None, "SA,SU", PEAK, 4),
)
"""Who of a centre's fifteen (None: whoever signs up), on which days, when, at which of its seats. Three by
night, four from 16 to 24 and on the days of workdays: what its calls of these sixty days need."""
ROSTERED_SEATS = 4
"""The fifth is for whoever signs up."""
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
TELEPHONE = "0990-555-01{:02d}"


@dataclass
class CentreStaff:
    """Of one centre: its operators, its seats, and who lays out its roster."""

    centre: Centre
    operators: Sequence[Person]
    seats: Sequence[Seat]
    supervisor: Person
    shifts: list[Shift] = field(default_factory=list)


def write_rosters(session: Session, staff: Sequence[CentreStaff], now: datetime, zone: tzinfo) -> None:
    """The first of `staff` gets the gap and the requests; its seats answer for the second in two nights."""
    today = now.astimezone(zone).date()
    for own in staff:
        exits = EXIT_DAYS if own is not staff[0] else ()
        _publish(session, own, today, exits, now, zone)
        for day in exits:
            starts_at = _at(today + timedelta(days=day), "00:00", zone)
            session.add(
                NamedExit(
                    centre_id=own.centre.id,
                    kind=ExitKind.AGREEMENT,
                    to_centre_id=staff[0].centre.id,
                    starts_at=starts_at,
                    ends_at=starts_at + timedelta(minutes=NIGHT[1]),
                    named_at=now - timedelta(days=8),
                    named_by_id=own.supervisor.id,
                    is_demonstration=True,
                )
            )
    _ask(session, staff[0], today, now, zone)
    for own in staff:
        write_seat_log(session, own.seats[:ROSTERED_SEATS], own.shifts, now)


def leave_telephones(work: Work) -> None:
    """Who stands by is reached from here on. Numbers are made up; nothing leaves a demonstration."""
    with work() as unit:
        on_call = unit.session.scalars(
            select(Shift.person_id)
            .where(Shift.kind == ShiftKind.STANDBY, Shift.is_demonstration.is_(True))
            .distinct()
            .order_by(Shift.person_id)
        ).all()
        for number, person_id in enumerate(on_call, start=1):
            if unit.session.get(DutyContact, person_id) is None:
                unit.session.add(DutyContact(person_id=person_id, phone=TELEPHONE.format(number)))


def _publish(
    session: Session, own: CentreStaff, today: date, exits: Sequence[int], now: datetime, zone: tzinfo
) -> None:
    first, last = today - timedelta(days=PAST_DAYS), today + timedelta(days=AHEAD_DAYS - 1)
    version = RosterVersion(
        centre_id=own.centre.id,
        number=1,
        starts_at=_at(first, "00:00", zone),
        ends_at=_at(last + timedelta(days=1), "00:00", zone),
        published_at=now - timedelta(days=PAST_DAYS + 1),
        published_by_id=own.supervisor.id,
    )
    session.add(version)
    nights_away = {today + timedelta(days=day) for day in exits}
    for who, days, (starts, minutes), seat in WEEK:
        kind = ShiftKind.STANDBY if seat is None else ShiftKind.SEAT
        pattern = ShiftPattern(
            centre_id=own.centre.id,
            name=NAMES[starts, minutes],
            person_id=own.operators[who].id if who is not None else None,
            seat_id=own.seats[seat].id if seat is not None else None,
            kind=kind,
            rule=f"FREQ=WEEKLY;BYDAY={days}",
            starts=starts,
            minutes=minutes,
            first_day=first - timedelta(days=first.weekday()),
            made_at=now - timedelta(days=30),
            made_by_id=own.supervisor.id,
            is_demonstration=True,
        )
        session.add(pattern)
        session.flush()
        for day in _days(first, last, days):
            if day in nights_away and (starts, minutes) == NIGHT:
                continue
            _lay_down(session, own, pattern, version, _at(day, starts, zone), now)
    version.summary = {"added": len(own.shifts), "removed": 0, "kept": 0, "breaches": 0, "skill_holes": 0}
    version.summary["exit_minutes"] = NIGHT[1] * len(exits)
    session.add(
        SkillNeed(centre_id=own.centre.id, skill="study", hours=["2 16:00-21:00"], is_demonstration=True)
    )
    session.flush()


def _lay_down(
    session: Session,
    own: CentreStaff,
    pattern: ShiftPattern,
    version: RosterVersion,
    starts_at: datetime,
    now: datetime,
) -> None:
    span = {"starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=pattern.minutes)}
    if pattern.person_id is None:
        if starts_at > now:
            session.add(
                OpenShift(
                    centre_id=own.centre.id,
                    reason=OpenReason.PLANNED,
                    pattern_id=pattern.id,
                    made_at=version.published_at,
                    is_demonstration=True,
                    **span,
                )
            )
        return
    shift = Shift(
        centre_id=own.centre.id,
        person_id=pattern.person_id,
        seat_id=pattern.seat_id,
        kind=pattern.kind,
        pattern_id=pattern.id,
        version_id=version.id,
        is_demonstration=True,
        **span,
    )
    session.add(shift)
    own.shifts.append(shift)


def _ask(session: Session, own: CentreStaff, today: date, now: datetime, zone: tzinfo) -> None:
    """What waits for a supervisor: an evening that a granted leave left open, a leave and two swaps."""
    away = _shift_on(own, today + timedelta(days=GAP_DAY), EVENING, own.seats[1], zone)
    day = _at(today + timedelta(days=GAP_DAY), "00:00", zone)
    session.add_all(
        [
            Leave(
                person_id=away.person_id,
                kind=LeaveKind.SICK,
                starts_at=day,
                ends_at=day + timedelta(days=1),
                note="门诊手术后休息一天。",
                state=AskState.GRANTED,
                asked_at=now - timedelta(hours=20),
                decided_at=now - timedelta(hours=18),
                decided_by_id=own.supervisor.id,
            ),
            Leave(
                person_id=own.operators[1].id,
                kind=LeaveKind.TRAINING,
                starts_at=day + timedelta(days=5),
                ends_at=day + timedelta(days=7),
                note="省里的危机干预培训。",
                asked_at=now - timedelta(hours=3),
            ),
            OpenShift(
                centre_id=own.centre.id,
                seat_id=away.seat_id,
                starts_at=away.starts_at,
                ends_at=away.ends_at,
                reason=OpenReason.LEAVE,
                pattern_id=away.pattern_id,
                made_at=now - timedelta(hours=18),
                is_demonstration=True,
            ),
        ]
    )
    own.shifts.remove(away)
    session.delete(away)
    for days, piece, state in ((4, DAY, AskState.ACCEPTED), (6, EVENING, AskState.ASKED)):
        given = _shift_on(own, today + timedelta(days=days), piece, own.seats[0], zone)
        session.add(
            Swap(
                shift_id=given.id,
                from_id=given.person_id,
                to_id=_rested(own, given),
                state=state,
                asked_at=now - timedelta(hours=6),
                answered_at=now - timedelta(hours=4) if state is AskState.ACCEPTED else None,
            )
        )


def _shift_on(own: CentreStaff, day: date, piece: tuple[str, int], seat: Seat, zone: tzinfo) -> Shift:
    starts_at = _at(day, piece[0], zone)
    return next(one for one in own.shifts if one.starts_at == starts_at and one.seat_id == seat.id)


def _rested(own: CentreStaff, given: Shift) -> int:
    """The colleague whose own shifts lie farthest from that one."""

    def rest(person: Person) -> timedelta:
        mine = [one for one in own.shifts if one.person_id == person.id]
        return min(max(one.starts_at - given.ends_at, given.starts_at - one.ends_at) for one in mine)

    return max((one for one in own.operators if one.id != given.person_id), key=rest).id


def _days(first: date, last: date, weekdays: str) -> Iterator[date]:
    wanted = {WEEKDAYS.index(name) for name in weekdays.split(",")}
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        if day.weekday() in wanted:
            yield day


def _at(day: date, clock: str, zone: tzinfo) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), zone)
