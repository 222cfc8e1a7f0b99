"""What can be done with many cases: how it is done with one of them, what is kept for an undo, and the undo.

An act reads the case that is locked for it and changes it by the same actions as a person does, so that each case
is checked again when its turn comes: rights, state, first reply.
"""

import datetime as dt
from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.cases import actions
from crm.cases.models import Case, Category, Problem, ProblemCase
from crm.cases.picture import picture_of
from crm.cases.words import Outcome, Party, Priority, State, Waiting
from crm.desk.bulk.errors import NobodyThere, NothingToChange, TakenElsewhere, TakenMeanwhile, TooManyTags
from crm.desk.forms.acts import open_escalation
from crm.desk.forms.edit import MOST_TAGS
from crm.lib.display import nearmoment
from crm.staff.access import may
from crm.staff.models import Division, Team, User

Kept = dict[str, Any]


class BulkAct:
    """`params` are the job's: ids and codes. One object serves a batch, and asks for what it needs once."""

    do_not_call_in_templates: ClassVar[bool] = True  # a template shows the act, it does not make one
    slug: ClassVar[str]
    title: ClassVar[Promise]
    icon: ClassVar[str]
    permission: ClassVar[str]
    can_undo: ClassVar[bool] = True
    goes_with_merges: ClassVar[bool] = False  # a case merged before its turn: the act is for the one it lies in now

    def __init__(self, params: Mapping[str, Any]) -> None:
        self.params = params

    def name(self) -> str:
        """What is done, in words: 'Assign to Network'."""
        return str(self.title)

    def lock_first(self) -> None:
        """What its actions lock before a case, locked before the batch's cases: else two could wait for each other."""

    def keep(self, case: Case) -> Kept:
        """What the case has before, as an undo needs it."""
        raise NotImplementedError

    def do(self, case: Case, by: User, seen: Kept) -> Case:
        """In one savepoint; returns the case as it is now. `seen`: what it had when the job was started. Raises
        CaseError."""
        raise NotImplementedError

    def stands(self, case: Case, before: Kept) -> bool:
        """Is what this job made of the case still so?"""
        raise NotImplementedError

    def undo(self, case: Case, by: User, before: Kept) -> Case:
        """Where the case was acted on since, or nothing more was kept of it than its fields. Raises CaseError."""
        raise NotImplementedError


class Assign(BulkAct):
    """To a person, to a team, or (neither) back to the unassigned."""

    slug, icon, permission = "assign", "user-check", "case.assign"
    title = gettext_lazy("Assign")

    @cached_property
    def assignee(self) -> User | None:
        return User.objects.filter(pk=self.params.get("assignee") or 0).first()

    @cached_property
    def team(self) -> Team | None:
        return Team.objects.filter(pk=self.params.get("team") or 0).first()

    def name(self) -> str:
        to = self.assignee or self.team
        return _("Assign to %(to)s") % {"to": to} if to else _("Back to the unassigned")

    def keep(self, case: Case) -> Kept:
        return {"assignee": case.assignee_id, "team": case.team_id}

    def do(self, case: Case, by: User, seen: Kept) -> Case:
        if self.assignee and not self.assignee.is_active:
            raise NobodyThere
        if case.assignee_id != seen.get("assignee"):
            raise TakenMeanwhile
        if self._has(case):
            raise NothingToChange
        return actions.assign_case(case=case, by=by, assignee=self.assignee, team=self.team)

    def stands(self, case: Case, before: Kept) -> bool:
        return self._has(case)

    def undo(self, case: Case, by: User, before: Kept) -> Case:
        team = Team.objects.filter(pk=before["team"] or 0).first()
        return actions.assign_case(case=case, by=by, assignee=self._still_here(before["assignee"]), team=team)

    def _has(self, case: Case) -> bool:
        same_team = self.team is None or case.team_id == self.team.pk
        return case.assignee_id == (self.assignee.pk if self.assignee else None) and same_team

    def _still_here(self, pk: int | None) -> User | None:
        return User.objects.filter(pk=pk, is_active=True).first() if pk else None


class Settle(BulkAct):
    slug, icon, permission = "settle", "check", "case.settle"
    title = gettext_lazy("Settle")

    def name(self) -> str:
        return _("Settle: %(outcome)s") % {"outcome": Outcome(self.params["outcome"]).label}

    def keep(self, case: Case) -> Kept:
        return {"state": case.state, "waiting_for": case.waiting_for, "picture": picture_of(case)}

    def do(self, case: Case, by: User, seen: Kept) -> Case:
        return actions.settle_case(case=case, by=by, outcome=self.params["outcome"], text=self.params.get("text", ""))

    def stands(self, case: Case, before: Kept) -> bool:
        return case.state == State.SETTLED

    @transaction.atomic
    def undo(self, case: Case, by: User, before: Kept) -> Case:
        case = actions.reopen_case(case=case, by=by, reason=_("A bulk action was undone."))
        if before["state"] == State.WAITING and before["waiting_for"] != Waiting.APPOINTMENT:
            case = actions.wait_for(case=case, by=by, waiting_for=before["waiting_for"])
        return case


class Wait(BulkAct):
    """For the customer or a division; an appointment has a time of its own in each case."""

    slug, icon, permission = "wait", "hourglass", "case.wait"
    title = gettext_lazy("Wait")

    def name(self) -> str:
        return _("Wait for: %(whom)s") % {"whom": Waiting(self.params["waiting_for"]).label}

    def keep(self, case: Case) -> Kept:
        return {"state": case.state, "waiting_for": case.waiting_for, "picture": picture_of(case)}

    def do(self, case: Case, by: User, seen: Kept) -> Case:
        if case.waiting_for == self.params["waiting_for"]:
            raise NothingToChange
        return actions.wait_for(case=case, by=by, waiting_for=self.params["waiting_for"])

    def stands(self, case: Case, before: Kept) -> bool:
        return case.waiting_for == self.params["waiting_for"]

    def undo(self, case: Case, by: User, before: Kept) -> Case:
        if before["waiting_for"] in (Waiting.CUSTOMER, Waiting.DIVISION):
            return actions.wait_for(case=case, by=by, waiting_for=before["waiting_for"])
        return actions.resume_case(case=case, by=by)


class Tag(BulkAct):
    """`add` and `remove`: lists of tags. The undo takes away and puts back only what this job changed."""

    slug, icon, permission = "tag", "tag", "case.edit"
    title = gettext_lazy("Tags")

    def name(self) -> str:
        said = [f"+{tag}" for tag in self.params["add"]] + [f"−{tag}" for tag in self.params["remove"]]
        return _("Tags: %(tags)s") % {"tags": ", ".join(said)}

    def keep(self, case: Case) -> Kept:
        return {
            "added": [tag for tag in self.params["add"] if tag not in case.tags],
            "removed": [tag for tag in self.params["remove"] if tag in case.tags],
        }

    def do(self, case: Case, by: User, seen: Kept) -> Case:
        return self._change(case, by, **self.keep(case))

    def stands(self, case: Case, before: Kept) -> bool:
        return any(tag in case.tags for tag in before["added"]) or any(
            tag not in case.tags for tag in before["removed"]
        )

    def undo(self, case: Case, by: User, before: Kept) -> Case:
        return self._change(case, by, added=before["removed"], removed=before["added"])

    def _change(self, case: Case, by: User, *, added: list[str], removed: list[str]) -> Case:
        tags = [tag for tag in case.tags if tag not in removed]
        tags += [tag for tag in added if tag not in tags]
        if tags == case.tags:
            raise NothingToChange
        if len(tags) > MOST_TAGS:
            raise TooManyTags
        return actions.edit_case(case=case, by=by, tags=tags)


class Edit(BulkAct):
    """`priority` and `category`, each only where it is named."""

    slug, icon, permission = "edit", "flag", "case.edit"
    title = gettext_lazy("Priority and category")

    @cached_property
    def categories(self) -> dict[int, Category]:
        return Category.objects.in_bulk()

    def name(self) -> str:
        said = [str(Priority(self.params["priority"]).label)] if "priority" in self.params else []
        said += [str(self.categories.get(self.params["category"], "–"))] if "category" in self.params else []
        return f"{self.title}: {', '.join(said)}"

    def changes(self, params: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {"priority": params["priority"]} if "priority" in params else {}
        if "category" in params:
            found["category"] = self.categories.get(params["category"])
        return found

    def keep(self, case: Case) -> Kept:
        had = {"priority": case.priority, "category": case.category_id}
        return {name: value for name, value in had.items() if name in self.params}

    def do(self, case: Case, by: User, seen: Kept) -> Case:
        if self.stands(case, {}):
            raise NothingToChange
        return actions.edit_case(case=case, by=by, **self.changes(self.params))

    def stands(self, case: Case, before: Kept) -> bool:
        return self.keep(case) == dict(self.params)

    def undo(self, case: Case, by: User, before: Kept) -> Case:
        return actions.edit_case(case=case, by=by, **self.changes(before))


class Escalate(BulkAct):
    slug, icon, permission = "escalate", "arrow-up-right", "case.escalate"
    title = gettext_lazy("Escalate")

    @cached_property
    def division(self) -> Division | None:
        return Division.objects.filter(pk=self.params.get("division") or 0).first()

    def name(self) -> str:
        return _("Escalate to %(to)s") % {"to": self.division or Party(self.params["party"]).label}

    def keep(self, case: Case) -> Kept:
        return {"party": case.party, "division": case.division_id}

    def do(self, case: Case, by: User, seen: Kept) -> Case:
        if self.stands(case, {}):
            raise NothingToChange
        return self._to(case, by, self.params["party"], self.division, self.params["reason"])

    def stands(self, case: Case, before: Kept) -> bool:
        return self.keep(case) == {"party": self.params["party"], "division": self.params.get("division")}

    def undo(self, case: Case, by: User, before: Kept) -> Case:
        why = _("A bulk action was undone.")
        if before["party"] != Party.TEAM:
            division = Division.objects.filter(pk=before["division"] or 0).first()
            return self._to(case, by, before["party"], division, why)
        return actions.hand_back(escalation=open_escalation(case), by=by, reason=why).case

    def _to(self, case: Case, by: User, party: str, division: Division | None, reason: str) -> Case:
        return actions.escalate_case(case=case, by=by, party=party, division=division, reason=reason).case


class Snooze(BulkAct):
    """`until`: an ISO moment; a case whose deadline comes before it is passed over."""

    slug, icon, permission = "snooze", "zzz", "case.snooze"
    title = gettext_lazy("Snooze")

    @cached_property
    def until(self) -> dt.datetime:
        return dt.datetime.fromisoformat(self.params["until"])

    def name(self) -> str:
        return _("Snooze until %(at)s") % {"at": nearmoment(self.until)}

    def keep(self, case: Case) -> Kept:
        return {"until": case.snoozed_until and case.snoozed_until.isoformat(), "by": case.snoozed_by_id}

    def do(self, case: Case, by: User, seen: Kept) -> Case:
        return actions.snooze_case(case=case, by=by, until=self.until)

    def stands(self, case: Case, before: Kept) -> bool:
        return case.snoozed_until == self.until

    def undo(self, case: Case, by: User, before: Kept) -> Case:
        """A snooze of somebody else is theirs again, if its time is still to come."""
        owner = User.objects.filter(pk=before["by"] or 0).first()
        until = dt.datetime.fromisoformat(before["until"]) if before["until"] else None
        if owner and until and until > timezone.now():
            return actions.snooze_case(case=case, by=owner, until=until)
        return actions.wake_case(case=case, by=by)


class Hang(BulkAct):
    """On a problem that is open. What hangs on another stays there, and says so."""

    slug, icon, permission = "problem", "affiliate", "case.problem"
    title = gettext_lazy("Link to a problem")

    @cached_property
    def problem(self) -> Problem:
        found: Problem = Problem.objects.get(pk=self.params["problem"])
        return found

    def name(self) -> str:
        return _("Link to %(problem)s") % {"problem": self.problem}

    def lock_first(self) -> None:
        Problem.objects.select_for_update(no_key=True).get(pk=self.problem.pk)

    def keep(self, case: Case) -> Kept:
        return {}

    def do(self, case: Case, by: User, seen: Kept) -> Case:
        if self.stands(case, {}):
            raise NothingToChange
        actions.hang_case(problem=self.problem, case=case, by=by)
        return case

    def stands(self, case: Case, before: Kept) -> bool:
        return ProblemCase.objects.filter(case=case, problem=self.problem).exists()

    def undo(self, case: Case, by: User, before: Kept) -> Case:
        """Hanging leaves a case's version as it is: whether somebody moved it since is seen on the problem alone."""
        if not self.stands(case, before):
            raise TakenElsewhere
        return actions.take_off(case=case, by=by)


ACTS: dict[str, type[BulkAct]] = {act.slug: act for act in (Assign, Settle, Wait, Snooze, Tag, Edit, Escalate, Hang)}

LISTED = tuple(ACTS)  # what the list offers, each with a form; other rooms add acts that they start themselves


def acts_for(user: User) -> dict[str, type[BulkAct]]:
    """What the role may do at all; on which cases is asked when their turn comes."""
    return {slug: ACTS[slug] for slug in LISTED if may(user, "bulk.run") and may(user, ACTS[slug].permission)}
