"""The access file in plain words: headings and values as the person reads them, in the language that is active.

What has no word here still stands in the file, under its own name: nothing is left out for want of a translation.
"""

import datetime as dt
import re
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm.lib.display import moment

THINGS: dict[str, Any] = {
    "customers:customer": gettext_lazy("You"),
    "customers:contacts": gettext_lazy("Your numbers and addresses of contact"),
    "customers:addresses": gettext_lazy("Your addresses"),
    "customers:identity_documents": gettext_lazy("Identity documents"),
    "customers:consents": gettext_lazy("What you agreed to"),
    "customers:restrictions": gettext_lazy("Restrictions"),
    "customers:corrections": gettext_lazy("Corrections"),
    "customers:lines": gettext_lazy("Lines"),
    "customers:number_changes": gettext_lazy("Changes of number"),
    "customers:orders": gettext_lazy("Orders"),
    "customers:reveals": gettext_lazy("Who saw a number or address in full"),
    "customers:merges": gettext_lazy("Records that were joined"),
    "billing:bills": gettext_lazy("Bills"),
    "billing:payments": gettext_lazy("Payments"),
    "billing:top_ups": gettext_lazy("Top-ups"),
    "billing:credit_notes": gettext_lazy("Credit notes"),
    "billing:usage": gettext_lazy("Usage by month"),
    "billing:numbers_elsewhere": gettext_lazy("Numbers in other systems"),
    "billing:tiers": gettext_lazy("Tiers"),
    "billing:tiers_by_hand": gettext_lazy("Tiers set by hand"),
    "calls:calls": gettext_lazy("Calls"),
    "cases:cases": gettext_lazy("Cases"),
    "cases:notes": gettext_lazy("Internal notes"),
    "cases:promises": gettext_lazy("What we promised"),
    "cases:escalations": gettext_lazy("Passed on inside the house"),
    "cases:late_answers": gettext_lazy("Late answers"),
    "caring:caring_tasks": gettext_lazy("Care programme"),
    "caring:caring_attempts": gettext_lazy("Care programme: attempts to reach you"),
    "caring:caring_left_out": gettext_lazy("Care programme: left out"),
    "caring:caring_followed": gettext_lazy("Care programme: what came of it"),
    "desk:drafts": gettext_lazy("Drafts of answers"),
    "desk:asked_to_publish": gettext_lazy("Asked to publish"),
    "desk:notifications": gettext_lazy("Notices to our people"),
    "messaging:messages": gettext_lazy("Messages to you"),
    "messaging:letters": gettext_lazy("Letters"),
    "privacy:requests": gettext_lazy("Your requests about data"),
    "segments:measures": gettext_lazy("Measures"),
    "segments:brought_in": gettext_lazy("Whom you brought in"),
    "segments:brought_in_by_somebody": gettext_lazy("Who brought you in"),
    "timeline:contacts_with_us": gettext_lazy("Contacts with us"),
    "timeline:files": gettext_lazy("Files"),
    "visits:visits": gettext_lazy("Visits"),
    "web:forms": gettext_lazy("Web forms"),
    "web:status_links": gettext_lazy("Links to the state of a case"),
    "social:posts": gettext_lazy("Posts on networks"),
    "social:profiles": gettext_lazy("Profiles on networks"),
}
COLUMNS: dict[str, Any] = {
    "id": gettext_lazy("Our number"), "number": gettext_lazy("Number"), "name": gettext_lazy("Name"),
    "kind": gettext_lazy("Kind"), "state": gettext_lazy("State"), "channel": gettext_lazy("Channel"),
    "at": gettext_lazy("When"), "by": gettext_lazy("By"), "text": gettext_lazy("Text"),
    "subject": gettext_lazy("Subject"), "reason": gettext_lazy("Reason"), "remark": gettext_lazy("Remark"),
    "note": gettext_lazy("Note"), "value": gettext_lazy("Value"), "display": gettext_lazy("As written"),
    "network": gettext_lazy("Network"), "verified_at": gettext_lazy("Proven"), "created_at": gettext_lazy("Created"),
    "updated_at": gettext_lazy("Changed"), "street": gettext_lazy("Street"), "village": gettext_lazy("Village"),
    "district": gettext_lazy("District"), "city": gettext_lazy("City"), "province": gettext_lazy("Province"),
    "post_code": gettext_lazy("Post code"), "rt": gettext_lazy("RT"), "rw": gettext_lazy("RW"),
    "purpose": gettext_lazy("Purpose"), "answer": gettext_lazy("Answer"), "version": gettext_lazy("Version"),
    "language": gettext_lazy("Language"), "given_at": gettext_lazy("Given"),
    "withdrawn_at": gettext_lazy("Taken back"), "withdrawn_channel": gettext_lazy("Taken back on"),
    "withdrawn_by": gettext_lazy("Taken back by"), "lifted_at": gettext_lazy("Lifted"),
    "lifted_by": gettext_lazy("Lifted by"), "lifted_reason": gettext_lazy("Why lifted"),
    "flaw": gettext_lazy("What is wrong"), "thing": gettext_lazy("Where"), "found_at": gettext_lazy("Found"),
    "decided_at": gettext_lazy("Decided"), "decided_by": gettext_lazy("Decided by"),
    "proposed_by": gettext_lazy("Proposed by"), "asked_at": gettext_lazy("Asked for"), "due_at": gettext_lazy("Due"),
    "words": gettext_lazy("In your words"), "msisdn": gettext_lazy("Telephone number"),
    "product": gettext_lazy("Product"), "state_since": gettext_lazy("State since"), "arpu": gettext_lazy("ARPU"),
    "activated_on": gettext_lazy("Activated"), "active_until": gettext_lazy("Active until"),
    "grace_until": gettext_lazy("Grace until"), "ended_on": gettext_lazy("Ended"), "ended_at": gettext_lazy("Ended"),
    "registration": gettext_lazy("Registration"), "registered_at": gettext_lazy("Registered"),
    "registration_reference": gettext_lazy("Reference of registration"), "old": gettext_lazy("Old"),
    "new": gettext_lazy("New"), "reference": gettext_lazy("Reference"), "planned_for": gettext_lazy("Planned for"),
    "done_at": gettext_lazy("Done"), "what": gettext_lazy("What"), "absorbed": gettext_lazy("Joined record"),
    "undone_at": gettext_lazy("Undone"), "month": gettext_lazy("Month"), "net": gettext_lazy("Net"),
    "tax": gettext_lazy("Tax"), "total": gettext_lazy("Total"), "issued": gettext_lazy("Issued"),
    "due": gettext_lazy("Due"), "paid": gettext_lazy("Paid"), "amount": gettext_lazy("Amount"),
    "paid_on": gettext_lazy("Paid"), "method": gettext_lazy("Method"), "bought_on": gettext_lazy("Bought"),
    "given_on": gettext_lazy("Given"), "minutes_in": gettext_lazy("Minutes in"),
    "minutes_out": gettext_lazy("Minutes out"), "sms": gettext_lazy("SMS"), "megabytes": gettext_lazy("Megabytes"),
    "charged": gettext_lazy("Credit used"), "recharged": gettext_lazy("Topped up"),
    "source": gettext_lazy("Source"), "before": gettext_lazy("Before"),
    "after": gettext_lazy("After"), "why": gettext_lazy("Why"), "tier": gettext_lazy("Tier"),
    "until": gettext_lazy("Until"), "ivr": gettext_lazy("Menu choice"), "began_at": gettext_lazy("Began"),
    "answered_at": gettext_lazy("Answered"), "agent": gettext_lazy("Agent"), "result": gettext_lazy("Result"),
    "next_step": gettext_lazy("Next step"), "case": gettext_lazy("Case"), "category": gettext_lazy("Category"),
    "place": gettext_lazy("Place"), "priority": gettext_lazy("Priority"), "tags": gettext_lazy("Tags"),
    "opened_at": gettext_lazy("Opened"), "settled_at": gettext_lazy("Settled"), "closed_at": gettext_lazy("Closed"),
    "outcome": gettext_lazy("Outcome"), "settlement": gettext_lazy("How it was settled"),
    "assignee": gettext_lazy("Assigned to"), "author": gettext_lazy("Author"), "made_at": gettext_lazy("Made"),
    "kept_at": pgettext_lazy("promise", "Kept"), "party": gettext_lazy("To whom"),
    "hand_back_reason": gettext_lazy("Why handed back"), "cause": gettext_lazy("Cause"),
    "prevention": gettext_lazy("Prevention"), "recipient": gettext_lazy("Recipient"), "body": gettext_lazy("Text"),
    "account": gettext_lazy("Our account"), "sent_at": gettext_lazy("Sent"), "delivery": gettext_lazy("Delivery"),
    "posted_at": gettext_lazy("Posted"), "direction": gettext_lazy("Direction"), "is_public": gettext_lazy("Public"),
    "staff": gettext_lazy("Our employee"), "answer_to": gettext_lazy("Written from"),
    "interaction": gettext_lazy("Contact"), "content_type": gettext_lazy("Type of file"),
    "size": gettext_lazy("Size in bytes"), "sha256": gettext_lazy("Checksum"), "office": gettext_lazy("Office"),
    "day": pgettext_lazy("access file", "Date"), "series": gettext_lazy("Series"),
    "is_priority": gettext_lazy("Priority"), "arrived_at": gettext_lazy("Arrived"),
    "called_at": gettext_lazy("Called"), "started_at": gettext_lazy("Began"), "counter": gettext_lazy("Counter"),
    "paper": gettext_lazy("Document seen"), "paper_at": gettext_lazy("Document seen at"),
    "paper_by": gettext_lazy("Document seen by"), "page": gettext_lazy("Page"),
    "honorific": gettext_lazy("Form of address"), "email": gettext_lazy("E-mail"),
    "prefers": gettext_lazy("Preferred channel"), "external_id": gettext_lazy("Number in the other system"),
    "reply_to": gettext_lazy("Answer to"), "metrics": gettext_lazy("Figures"), "seen_at": gettext_lazy("Seen"),
    "since": gettext_lazy("Customer since"), "time_zone": gettext_lazy("Time zone"),
    "restricted_at": gettext_lazy("Restricted"), "birth_date": gettext_lazy("Date of birth"),
    "birth_place": gettext_lazy("Place of birth"), "sex": gettext_lazy("Sex"), "religion": gettext_lazy("Religion"),
    "occupation": gettext_lazy("Occupation"), "hobbies": gettext_lazy("Hobbies"), "warnings": gettext_lazy("Doubts"),
    "checked_at": gettext_lazy("Checked"), "checked_by": gettext_lazy("Checked by"),
    "user": gettext_lazy("Our employee"), "saved_at": gettext_lazy("Saved"), "promise": gettext_lazy("Promise"),
    "do_not_disturb": gettext_lazy("Do not disturb"), "quality": gettext_lazy("Data quality"),
    "stage_id": gettext_lazy("Stage of the care programme"), "task_id": gettext_lazy("Task of the care programme"),
    "is_held_out": gettext_lazy("Left out for comparison"), "occurred_at": gettext_lazy("Occurred"),
}  # fmt: skip
# What a room records, by the first word of its kind; the whole kind where it matters to the person.
ACTS: dict[str, Any] = {
    "customer.looked": gettext_lazy("opened your record"),
    "customer.revealed": gettext_lazy("saw a number or address in full"),
    "customer.erased": gettext_lazy("erased the record"),
    "customer": gettext_lazy("changed your record"),
    "case.looked": gettext_lazy("opened a case of yours"),
    "case.opened": gettext_lazy("opened a case for you"),
    "case": gettext_lazy("worked on a case of yours"),
    "clock": gettext_lazy("a deadline of your case"),
    "consent": gettext_lazy("recorded an answer to a question of consent"),
    "line": gettext_lazy("changed a line"),
    "order": gettext_lazy("noted an order"),
    "privacy": gettext_lazy("worked on a request about your data"),
    "escalation": gettext_lazy("passed a case on"),
    "problem": gettext_lazy("counted a case to a problem"),
}
A_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
A_DAY = re.compile(r"\d{4}-\d\d-\d\d")


class Table(NamedTuple):
    title: str
    columns: list[str]
    rows: list[list[str]]


def tables(told: dict[str, Any]) -> list[Table]:
    """What is held, thing by thing, then who processed it; columns as they first appear."""
    held = [
        _table(str(THINGS.get(f"{room}:{what}", what.replace("_", " "))), rows)
        for room, things in told["held"].items()
        for what, rows in things.items()
    ]
    processed = [{"at": one["at"], "what": _act(one["what"]), "by": _actor(one["by"])} for one in told["processed"]]
    return [*held, _table(_("Who processed your data"), processed)]


def _table(title: str, rows: list[dict[str, Any]]) -> Table:
    words = getattr(rows, "words", {})
    columns = list(dict.fromkeys(key for row in rows for key in row))
    cells = [[_value(row.get(key, ""), words.get(key, {})) for key in columns] for row in rows]
    return Table(title, [_column(key) for key in columns], cells)


def _column(key: str) -> str:
    bare = key if key in COLUMNS else key.split("__", maxsplit=1)[0]
    return str(COLUMNS.get(bare, bare.replace("_", " ")))


def _value(value: Any, words: dict[Any, Any]) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(_value(one, words) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {one}" for key, one in value.items())
    return str(words[value]) if value in words else _time(str(value))


def _time(text: str) -> str:
    if A_MOMENT.match(text):
        return moment(dt.datetime.fromisoformat(text))
    return f"{dt.date.fromisoformat(text):%d-%m-%Y}" if A_DAY.fullmatch(text) else text


def _act(kind: str) -> str:
    return str(ACTS.get(kind) or ACTS.get(kind.split(".", maxsplit=1)[0]) or kind)


def _actor(name: str) -> str:
    return _("the system, by itself") if name == "system" else name
