"""Every figure of the report is a condition on `facts`: the count and the list behind it cannot differ."""

ANSWERED = "counted AND answered"
DUE = "counted AND due"
ADDRESSED = "counted AND addressed"

FIGURES = {
    "cases": "counted",
    "cancelled": "state = 'cancelled'",
    "rejected": "state = 'rejected'",
    "answered": ANSWERED,
    "in_time": f"{ANSWERED} AND in_time",
    "late": f"{ANSWERED} AND NOT in_time",
    "unanswered": "counted AND NOT answered",
    "due": DUE,
    "due_in_time": f"{DUE} AND answered AND in_time",
    "due_late": f"{DUE} AND answered AND NOT in_time",
    "due_missed": f"{DUE} AND NOT (answered AND in_time)",
    "due_unanswered": f"{DUE} AND NOT answered",
    "addressed": ADDRESSED,
    "addressed_answered": f"{ADDRESSED} AND answered",
    "addressed_in_time": f"{ADDRESSED} AND answered AND in_time",
    "addressed_due": f"{ADDRESSED} AND due",
    "addressed_due_in_time": f"{ADDRESSED} AND due AND answered AND in_time",
    "addressed_due_unanswered": f"{ADDRESSED} AND due AND NOT answered",
    "settled": "counted AND settled",
    "settled_in_time": "counted AND settled AND settled_in_time",
    "settle_due": "counted AND settle_due",
    "settle_due_in_time": "counted AND settle_due AND settled AND settled_in_time",
    "settle_due_open": "counted AND settle_due AND NOT settled",
    "breached": "counted AND (breached_reply OR breached_settle)",
    "breached_reply": "counted AND breached_reply",
    "breached_settle": "counted AND breached_settle",
}

# What percentiles are taken of, and over which cases.
TIMES = {
    "reply": ("reply_seconds", "answered"),
    "addressed_reply": ("reply_seconds", "addressed_answered"),
    "settle": ("settle_seconds", "settled"),
}

DIMENSIONS = ("channel", "team_id", "agent", "category_id", "day", "weekday", "hour", "minute")
