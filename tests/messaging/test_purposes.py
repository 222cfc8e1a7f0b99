"""Who writes to customers: with a purpose that they allowed, or in answer to them. A new sender is one or the other."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("crm", "caring", "loyalty", "social")
ANSWERS = {
    "crm/cases/actions/answering.py": "an answer in a case; news to all of a problem are answers in each of theirs",
    "crm/cases/silence.py": "a case they left unanswered is about to close: service",
    "crm/web/letters.py": "the receipt and the status link of what they themselves filed",
}


def senders() -> dict[str, bool]:
    """Every file that queues a message, and whether each time it says for what."""
    found: dict[str, bool] = {}
    for path in (one for room in ROOMS for one in (ROOT / room).rglob("*.py")):
        text = path.read_text()
        if "queue_message(" not in text:
            continue
        for call in ast.walk(ast.parse(text)):
            if isinstance(call, ast.Call) and ast.unparse(call.func).split(".")[-1] == "queue_message":
                name = str(path.relative_to(ROOT))
                found[name] = found.get(name, True) and "purpose" in {one.arg for one in call.keywords}
    return found


def test_whoever_does_not_answer_says_for_what_they_write() -> None:
    assert {name for name, says in senders().items() if not says} == set(ANSWERS)


def test_nobody_puts_a_message_into_the_outbox_past_the_question() -> None:
    """`queue_message` asks whether the customer allows it; a row that is made elsewhere was asked about by nobody."""
    makers = {
        str(path.relative_to(ROOT))
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if "Message.objects.create(" in path.read_text() or "Message.objects.get_or_create(" in path.read_text()
    }
    assert {name for name in makers if not name.startswith("crm/demo/")} <= {"crm/messaging/actions.py"}
