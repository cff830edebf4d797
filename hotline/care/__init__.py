"""Cases, assessments, referrals and follow-ups."""
