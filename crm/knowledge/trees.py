"""Troubleshooting trees as authors write them, and walking them. Pure.

A step begins with `# name`, goes on with what is to be asked or done, and ends with its answers, `> words -> next
step`. A step without answers is an end. The first step is where one begins.
"""

import re
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

STEP = re.compile(r"#\s*([\w-]{1,40})\s*")
ANSWER = re.compile(r">\s*(.{1,160}?)\s*->\s*([\w-]{1,40})\s*")
MOST_STEPS = 60


class BadTree(ValueError):
    """The text is no tree; the message names the line or the step."""


@dataclass(frozen=True)
class Answer:
    words: str
    to: str


@dataclass
class Step:
    name: str
    text: str = ""
    answers: list[Answer] = field(default_factory=list)

    @property
    def is_end(self) -> bool:
        return not self.answers


Tree = dict[str, Step]


@dataclass(frozen=True)
class Taken:
    """A step one has passed, the answer that was chosen there, and the way up to it."""

    step: Step
    answer: Answer
    way: str


@dataclass(frozen=True)
class Walk:
    taken: list[Taken]
    step: Step
    way: str

    @property
    def choices(self) -> list[tuple[int, Answer, str]]:
        """Number, answer, and the way that it leads on."""
        ahead = f"{self.way}." if self.way else ""
        return [(n, answer, f"{ahead}{n}") for n, answer in enumerate(self.step.answers, 1)]


def read_tree(text: str) -> Tree:
    """Steps by name, in the order in which they stand. Raises BadTree."""
    tree: Tree = {}
    step: Step | None = None
    for number, line in enumerate(text.splitlines(), 1):
        step = _line(tree, step, number, line.rstrip())
    for one in tree.values():
        one.text = one.text.strip()
    _check(tree)
    return tree


def _line(tree: Tree, step: Step | None, number: int, line: str) -> Step | None:
    if begins := STEP.fullmatch(line):
        if begins[1] in tree:
            raise BadTree(
                _("Line %(number)d: there are two steps named %(name)s.") % {"number": number, "name": begins[1]}
            )
        tree[begins[1]] = step = Step(begins[1])
    elif step is None:
        if line.strip():
            raise BadTree(_("Line %(number)d: a step begins with # and its name.") % {"number": number})
    elif line.startswith(">"):
        step.answers.append(_answer(number, line))
    elif step.answers and line.strip():
        raise BadTree(_("Line %(number)d: after the answers only another step may follow.") % {"number": number})
    else:
        step.text += f"{line}\n"
    return step


def _answer(number: int, line: str) -> Answer:
    found = ANSWER.fullmatch(line)
    if found is None:
        raise BadTree(_("Line %(number)d: an answer is written > words -> step.") % {"number": number})
    return Answer(found[1], found[2])


def _check(tree: Tree) -> None:
    """Every answer leads somewhere, every step can be come to, and no way goes in a ring."""
    if not tree or len(tree) > MOST_STEPS:
        raise BadTree(_("A tree has from one to %(most)d steps.") % {"most": MOST_STEPS})
    for step in tree.values():
        if not step.text:
            raise BadTree(_("Step %(name)s says nothing.") % {"name": step.name})
        if lost := next((answer.to for answer in step.answers if answer.to not in tree), None):
            raise BadTree(_("Step %(name)s leads to %(lost)s, which is not there.") % {"name": step.name, "lost": lost})
    reached: set[str] = set()
    _visit(tree, next(iter(tree)), (), reached)
    if alone := next((name for name in tree if name not in reached), None):
        raise BadTree(_("Nothing leads to step %(name)s.") % {"name": alone})


def _visit(tree: Tree, name: str, above: tuple[str, ...], reached: set[str]) -> None:
    if name in above:
        raise BadTree(_("From step %(name)s one comes back to it.") % {"name": name})
    if name in reached:
        return
    for answer in tree[name].answers:
        _visit(tree, answer.to, (*above, name), reached)
    reached.add(name)


def same_shape(one: Tree, other: Tree) -> bool:
    """The same steps in the same order, and the same answers lead to the same places."""
    return [(s.name, [a.to for a in s.answers]) for s in one.values()] == [
        (s.name, [a.to for a in s.answers]) for s in other.values()
    ]


def walk(tree: Tree, way: str) -> Walk:
    """`way` is the numbers of the answers chosen so far, "1.2"; what cannot be followed is left out."""
    step, taken, gone = next(iter(tree.values())), [], ""
    for part in way.split(".")[:MOST_STEPS]:
        number = int(part) if part.isascii() and part.isdecimal() and len(part) < 3 else 0
        if not 1 <= number <= len(step.answers):
            break
        answer = step.answers[number - 1]
        taken.append(Taken(step, answer, gone))
        step, gone = tree[answer.to], f"{gone}.{number}" if gone else str(number)
    return Walk(taken, step, gone)


def as_text(tree: Tree) -> str:
    """All it says, for those who read it in one piece."""
    return "\n\n".join(step.text for step in tree.values())
