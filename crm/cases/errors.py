"""Why an act on a case was refused. The edges turn these into a message on the page or a problem of the API."""

from django.utils.translation import gettext_lazy as _

from crm.cases.words import State, Verb


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


class TooLateToUndo(CaseError):
    code = "too_late"
    sentence = _("The message has already left.")


class CannotMerge(CaseError):
    code = "cannot_merge"
    field = "into"
    sentence = _("These two cases cannot be linked or merged. Choose another case.")


class EscalationEnded(CaseError):
    code = "escalation_ended"
    sentence = _("This escalation has already ended.")


class DivisionMissing(CaseError):
    code = "division_missing"
    field = "division"
    sentence = _("Say which division.")


class PolicyPublished(CaseError):
    code = "policy_published"
    sentence = _("A published policy is never edited. Make a new version.")


class NoPolicy(CaseError):
    code = "no_policy"
    sentence = _("No SLA policy is in force. Publish one in the settings.")


class AlreadyReviewed(CaseError):
    code = "already_reviewed"
    sentence = _("This breach has already been reviewed.")
