"""Counting and noticing: how many different people, how many were expected, is that unusual.

    series = count_persons(contacts, first_day, last_day)          # issue x place x day, one for each person
    results = detect(series.counts, series.days)                   # the last day by default
    signals = merge_episodes(...)                                  # alarms of one series become one signal

Pure: numpy and scipy alone. The method is described in `baseline` and `detect`; `farrington` and `ears` are
the methods it is measured against, with the figures of R's `surveillance`; import them by their own names.
"""

from analytics.flag.calendar import day_types
from analytics.flag.counts import ContactRow, CountSeries, SeriesKey, count_persons, counted_days
from analytics.flag.detect import METHOD, VERSION, WINDOW_DAYS, Detection, detect
from analytics.flag.episodes import Episode, merge_episodes
from analytics.flag.multiplicity import benjamini_hochberg
from analytics.flag.scan import Area, strongest_area
from analytics.flag.settings import DetectionSettings

__all__ = [
    "METHOD",
    "VERSION",
    "WINDOW_DAYS",
    "Area",
    "ContactRow",
    "CountSeries",
    "Detection",
    "DetectionSettings",
    "Episode",
    "SeriesKey",
    "benjamini_hochberg",
    "count_persons",
    "counted_days",
    "day_types",
    "detect",
    "merge_episodes",
    "strongest_area",
]
