"""Why an act on a case was refused. The edges turn these into a message on the page or a problem of the API."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from crm.cases.words import State, Verb
from crm.lib.display import nearmoment


class CaseError(Exception):
    """`code` is for machines, `field` names the input to blame (may be empty), str() is the translated sentence."""

    code = "case_error"
    field = ""
    sentence = _("This cannot be done with the case.")

    def __init__(self, sentence: object = "", *, field: str = "") -> None:
        self.said = sentence or self.sentence
        self.field = field or self.field
        super().__init__(self.said)

    def __str__(self) -> str:
        return str(self.said)


class IllegalTransition(CaseError):
    code = "illegal_transition"
    field = "state"

    def __init__(self, state: str, verb: str) -> None:
        self.state, self.verb = state, verb
        sentence = _("%(verb)s is not possible: the state of the case is “%(state)s”.") % {
            "verb": Verb(verb).label,
            "state": State(state).label,
        }
        super().__init__(sentence)


class StaleVersion(CaseError):
    code = "stale_version"
    field = "version"
    sentence = _("Somebody changed this case meanwhile. Look at it again, then repeat what you meant to do.")


class CaseEnded(CaseError):
    code = "case_ended"
    field = "state"
    sentence = _("This case has ended. Open a new one for what the customer says now.")


class WantedInThePast(CaseError):
    code = "wanted_in_the_past"
    field = "wanted_by"
    sentence = _("An answer can only be wanted by a time to come.")


class FirstReplyMissing(CaseError):
    code = "first_reply_missing"
    sentence = _("The customer has had no answer by a person yet. Answer first, then settle.")


class PersonalDataInPublic(CaseError):
    """`found` holds the kinds of personal data, e.g. {"msisdn"}."""

    code = "personal_data_in_public"
    field = "text"

    def __init__(self, found: set[str]) -> None:
        self.found = found
        sentence = _("A public answer must not carry personal data. Send it privately, or ask a supervisor.")
        super().__init__(sentence)


class SnoozedTooLong(CaseError):
    """`latest` is the last moment that can be chosen, None where the deadline is past."""

    code = "snoozed_too_long"
    field = "until"

    def __init__(self, latest: dt.datetime | None) -> None:
        self.latest = latest
        late, beyond = _("A deadline is past. This case cannot be hidden."), _("Not beyond the deadline, %(latest)s.")
        super().__init__(beyond % {"latest": nearmoment(latest)} if latest else late)


class ReasonMissing(CaseError):
    code = "reason_missing"
    field = "reason"
    sentence = _("Give a reason.")


class BadTime(CaseError):
    code = "bad_time"
    field = "at"
    sentence = _("The time lies in the future or before the case. Give when it took place.")


class NothingToSend(CaseError):
    code = "empty_text"
    field = "text"
    sentence = _("Write something first.")


class NoWayToAnswer(CaseError):
    code = "no_recipient"
    field = "recipient"
    sentence = _("No number or address of this customer is known on this channel.")


class NotSaidPrivately(CaseError):
    code = "not_said_privately"
    field = "msisdn"
    sentence = _("The customer has not written from this handle in private yet. In public nobody proves who they are.")


class CannotAttach(CaseError):
    code = "cannot_attach"
    field = "files"
    sentence = _("A file cannot be sent this way, or is not there any more. Attach it again, or leave it out.")


class TooLateToUndo(CaseError):
    code = "too_late"
    sentence = _("The message has already left.")


class ActedMeanwhile(CaseError):
    code = "acted_meanwhile"
    sentence = _("Somebody has acted on this case since. It stays as it is.")


class SaidMeanwhile(CaseError):
    """`news` are the contacts (timeline.Interaction) that the writer had not before them, oldest first."""

    code = "said_meanwhile"
    field = "seen"
    sentence = _("Something was said while you were writing. Look at it, then send.")

    def __init__(self, news: list) -> None:
        self.news = news
        super().__init__()


class CannotMerge(CaseError):
    code = "cannot_merge"
    field = "into"
    sentence = _("These two cases cannot be linked or merged. Choose another case.")


class EscalationEnded(CaseError):
    code = "escalation_ended"
    sentence = _("This escalation has already ended.")


class RemindedJustNow(CaseError):
    code = "reminded_just_now"
    sentence = _("They were reminded less than half an hour ago.")


class DivisionMissing(CaseError):
    code = "division_missing"
    field = "division"
    sentence = _("Say which division.")


class PolicyPublished(CaseError):
    code = "policy_published"
    sentence = _("A published policy is never edited. Make a new version.")


class DraftMoved(CaseError):
    code = "draft_moved"
    sentence = _("Somebody saved this draft meanwhile. Open it anew before you go on.")


class NeedsAnother(CaseError):
    """`others` are the names of those who may."""

    code = "needs_another"

    def __init__(self, others: list[str]) -> None:
        self.others = others
        sentence = _("You saved this draft last, so somebody else publishes it: %(names)s.") % {
            "names": ", ".join(others)
        }
        super().__init__(sentence)


class CategoryInUse(CaseError):
    code = "category_in_use"
    field = "is_active"
    sentence = _("Active categories lie beneath it. Move them or rest them first.")


class CategoryBeneathItself(CaseError):
    code = "category_beneath_itself"
    field = "parent"
    sentence = _("A category cannot lie beneath itself.")


class CannotMergeCategories(CaseError):
    code = "cannot_merge_categories"
    field = "into"
    sentence = _("Choose another active category, not one that lies beneath it.")


class NoPolicy(CaseError):
    code = "no_policy"
    sentence = _("No SLA policy is in force. Publish one in the settings.")


class AlreadyReviewed(CaseError):
    code = "already_reviewed"
    sentence = _("This breach has already been reviewed.")


class PromiseUnsaid(CaseError):
    code = "promise_unsaid"
    field = "text"
    sentence = _("Say what was promised.")


class PromiseInThePast(CaseError):
    code = "promise_in_the_past"
    field = "due_at"
    sentence = _("Choose a time that is still to come.")


class PromiseEnded(CaseError):
    code = "promise_ended"
    sentence = _("This promise was already kept or withdrawn, or it can no longer be unsaid.")


class PromiseOpen(CaseError):
    """`promise` is one that is still open."""

    code = "promise_open"
    field = "promises"
    sentence = _("A promise to the customer is still open. Say what became of it, then settle.")

    def __init__(self, promise: object) -> None:
        self.promise = promise
        super().__init__()


class NoRoom(CaseError):
    """`load` of `capacity` are held already."""

    code = "no_room"

    def __init__(self, load: int, capacity: int) -> None:
        sentence = _("You hold %(load)s of %(capacity)s cases. Settle one first, or choose one from the list.")
        super().__init__(sentence % {"load": load, "capacity": capacity})


class NothingToTake(CaseError):
    code = "nothing_to_take"
    sentence = _("No unassigned case of your teams fits your skills and room just now.")


class ProblemEnded(CaseError):
    code = "problem_ended"
    field = "state"
    sentence = _("This problem is not open, or somebody has decided it meanwhile. Look at it again.")


class TitleMissing(CaseError):
    code = "title_missing"
    field = "title"
    sentence = _("Say in a few words what is wrong.")


class HangsElsewhere(CaseError):
    code = "hangs_elsewhere"
    field = "problem"

    def __init__(self, problem: object) -> None:
        super().__init__(_("This case hangs on %(problem)s already. Take it off there first.") % {"problem": problem})


class CannotTell(CaseError):
    """Nothing can be sent to this customer on the case's own channel; str() says why."""

    code = "cannot_tell"
    field = "channel"
    sentence = _("Only by voice or in person: call the customer.")


class WroteMeanwhile(CaseError):
    code = "wrote_meanwhile"
    sentence = _("The customer has written since. Read it, then settle by hand.")


class NotHanging(CaseError):
    code = "not_hanging"
    field = "problem"
    sentence = _("This case hangs on the problem no longer.")


class BreachWithdrawn(CaseError):
    code = "breach_withdrawn"
    sentence = _("This breach was withdrawn: the answer had come in time. There is nothing to review.")


class CauseMissing(CaseError):
    code = "cause_missing"
    field = "cause_code"
    sentence = _("Choose a cause.")


class ExcuseMissing(CaseError):
    code = "excuse_missing"
    field = "excuse"
    sentence = _("Say why it is excusable.")


class ActionMissing(CaseError):
    code = "action_missing"
    field = "prevention"
    sentence = _("Say what is done so that it does not happen again, or why it is excusable.")


class ActionIncomplete(CaseError):
    code = "action_incomplete"
    field = "action_owner"
    sentence = _("Say who does it and until when.")


class NothingToSign(CaseError):
    code = "nothing_to_sign"
    sentence = _("This review is not waiting for a signature.")


class OwnReview(CaseError):
    code = "own_review"
    sentence = _("You wrote this review. Somebody else signs it off.")


class AlreadyAsked(CaseError):
    code = "already_asked"
    field = "to"
    sentence = _("This colleague has been asked already and has not answered yet.")


class AlreadyAnswered(CaseError):
    code = "already_answered"
    sentence = _("This has already been answered.")


class ActionDone(CaseError):
    code = "action_done"
    sentence = _("This action is done already, or is nobody's any more.")
