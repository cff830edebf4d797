"""Like calls together: vectors, a registry of issues with ids that live, and their names.

embedder = embedder_for("zh", installed=[])          # StaticEmbedder, the product's own
vectors = embedder.embed(["最近总是失眠", "孩子不肯上学"])
grouper = Grouper(GroupState.empty(embedder))
decision = grouper.assign("contact-1", vectors[0], date(2026, 1, 5), place="120101")
report = grouper.nightly(date(2026, 1, 5), texts_of=lambda ids: {...})
"""

from analytics.cluster.embedder import Embedder, LanguageRefused, embedder_for
from analytics.cluster.group_state import GroupState, Issue
from analytics.cluster.grouper import Grouper, GroupSettings
from analytics.cluster.lexical import LexicalEmbedder
from analytics.cluster.naming import name_issue
from analytics.cluster.nightly import BornIssue, Decision, MergeProposal, NightlyReport
from analytics.cluster.static_zh import StaticEmbedder

__all__ = [
    "BornIssue",
    "Decision",
    "Embedder",
    "GroupSettings",
    "GroupState",
    "Grouper",
    "Issue",
    "LanguageRefused",
    "LexicalEmbedder",
    "MergeProposal",
    "NightlyReport",
    "StaticEmbedder",
    "embedder_for",
    "name_issue",
]
