"""All that the synthetic callers ring about, in the order in which a plan draws from them."""

from __future__ import annotations

from analytics.demonstration.topic import Topic
from analytics.demonstration.topics_of_events import TAP_WATER, UNPAID_WAGES
from analytics.demonstration.topics_of_families import RELATIONS
from analytics.demonstration.topics_of_health import HEALTH
from analytics.demonstration.topics_of_livelihood import LIVELIHOOD

__all__ = ["TAP_WATER", "TOPICS", "UNPAID_WAGES", "Topic"]

_ORDER = (
    "sleep",
    "school_refusal",
    "exam",
    "marriage",
    "love",
    "workload",
    "job_loss",
    "debt",
    "relapse",
    "elderly",
    "postpartum",
    "grief",
    "bullying",
    "somatic",
    "benefits",
)
_BY_KEY = {topic.key: topic for topic in (*RELATIONS, *LIVELIHOOD, *HEALTH)}
TOPICS: tuple[Topic, ...] = tuple(_BY_KEY[key] for key in _ORDER)
