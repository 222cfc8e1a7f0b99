"""What can be wrong with a contact, or with the proof whose it is."""

import datetime as dt

from django.utils.translation import gettext as _


class BadContact(ValueError):
    """A number, address or handle that cannot be one. `field` is the field it came in; str() is translated."""

    code = "bad_contact"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class ReasonNeeded(BadContact):
    """Personal data is revealed only with a reason."""

    code = "reason_needed"


class CannotProve(ValueError):
    """str() is translated, and says what to do instead."""

    code = "cannot_prove"
    field = "msisdn"


class NotProvisional(CannotProve):
    def __init__(self) -> None:
        super().__init__(
            _(
                "The number belongs to another customer, and this record has proven contacts or lines of its own."
                " Only somebody who merges the two records can say whether they are one person."
            )
        )


class HolderChanged(CannotProve):
    """The number belongs to somebody else than the writer was shown."""

    def __init__(self) -> None:
        super().__init__(_("The number belongs to somebody else by now. Look again who it is."))


class HeldElsewhere(CannotProve):
    """What would move has a twin there."""

    def __init__(self) -> None:
        super().__init__(_("Both customers have a case in the same conversation. Close one of the two first."))


class NotProven(CannotProve):
    def __init__(self) -> None:
        super().__init__(_("This proof has been taken back already, or the handle has moved on."))


class CannotMerge(ValueError):
    """str() is translated, and says what to do instead."""

    code = "cannot_merge"
    field = "proof"


class NotAProposal(CannotMerge):
    def __init__(self) -> None:
        super().__init__(_("Somebody has decided on this pair already. Look again."))


class NotTwo(CannotMerge):
    def __init__(self) -> None:
        super().__init__(_("One of the two records is merged, erased or restricted by now. Look again."))


class ProofNeeded(CannotMerge):
    """Likeness is no proof: two people share a name and a birthday more often than one thinks."""

    def __init__(self) -> None:
        super().__init__(_("The two are only alike. Say how you made sure that they are one customer."))


class NotMerged(CannotMerge):
    def __init__(self) -> None:
        super().__init__(_("This merge has been taken apart already, or the record has been merged on or erased."))


class CannotConsent(ValueError):
    """str() is translated, and says what to do instead."""

    code = "cannot_consent"
    field = "purpose"


class TextMoved(CannotConsent):
    code, field = "text_moved", "version"

    def __init__(self) -> None:
        super().__init__(_("Another version of the text is in force by now. Read that one."))


class BadMoment(CannotConsent):
    code, field = "bad_moment", "at"

    def __init__(self) -> None:
        super().__init__(_("The moment lies in the future, or before the yes that it would end."))


class CustomerGone(CannotConsent):
    code, field = "customer_gone", "customer"

    def __init__(self) -> None:
        super().__init__(_("This record has been erased: nothing can be recorded on it."))


class NotRestricted(CannotConsent):
    code, field = "not_restricted", "reason"

    def __init__(self) -> None:
        super().__init__(_("The restriction has been lifted already."))


class Restricted(BadContact):
    """The data rests: it is not shown in clear."""

    code = "restricted"

    def __init__(self) -> None:
        super().__init__(
            "reason", _("This customer's data is restricted: nothing is revealed. Answer in the case itself.")
        )


class CannotEdit(ValueError):
    """A change of the record that cannot be. `field` is the field it came in; str() is translated."""

    code = "cannot_edit"
    field = ""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field or self.field


class BadPaper(CannotEdit):
    code = "bad_paper"
    field = "number"


class BadAddress(CannotEdit):
    code = "bad_address"


class TakenContact(CannotEdit):
    """Another customer has it."""

    code = "contact_taken"


class Gone(CannotEdit):
    """The record is erased or merged away, or what was to be changed is not there any more."""

    code = "gone"

    def __init__(self) -> None:
        super().__init__(_("This is not there any more. Look again."))


class Stale(CannotEdit):
    """Somebody changed the same since it was opened. `changes`: (name of who, what, when), newest first."""

    code = "stale"

    def __init__(self, changes: list[tuple[str, str, dt.datetime]]) -> None:
        self.changes = changes
        super().__init__(_("Somebody changed the same meanwhile. Nothing of yours is lost; look, then save again."))
