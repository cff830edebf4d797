"""What a decision on an issue may be refused for."""

from __future__ import annotations

from analytics.report.errors import Refused


class NoSuchIssue(Refused):
    code = "no_such_issue"


class IssueIsMerged(Refused):
    """It is a part of another issue now: decide there, or take the merge back first."""

    code = "issue_is_merged"


class IssueNameInvalid(Refused):
    code = "issue_name_invalid"


class IssuesDoNotMatch(Refused):
    """One and the same issue, or two whose vectors can't be compared."""

    code = "issues_do_not_match"


class NothingToSplit(Refused):
    """Fewer than two calls on either side, among the days that are still open."""

    code = "nothing_to_split"
