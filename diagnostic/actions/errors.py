"""Why an act was refused although the person may do it; a missing permission is Django's PermissionDenied."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied

from diagnostic.core.response_rules import Fault
from diagnostic.core.words import Message, _
from diagnostic.models import Action, Response

_ASK_CUSTOMS = _(
    "In this assessment you have acted for the police, or were invited to. You cannot act for customs in it, and "
    "nothing was changed. Ask another coordinator of customs to do this."
)
_ASK_POLICE = _(
    "In this assessment you have acted for customs, or were invited to. You cannot act for the police in it, and "
    "nothing was changed. Ask another coordinator of the police to do this."
)


class ActionRefused(Exception):
    """The act cannot be done; `message` tells the reader what is wrong and what to do."""

    def __init__(self, message: Message):
        super().__init__(str(message))
        self.message = message


class StateChanged(ActionRefused):
    """The assessment's state does not allow the act, perhaps because someone was faster."""

    def __init__(self, message: Message | None = None):
        super().__init__(
            message
            or Message(
                _("The assessment has moved on since this page was opened. Load it again to see where it stands.")
            )
        )


class GapsChanged(ActionRefused):
    """The confirmed blank and open questions are not the current ones."""

    def __init__(self) -> None:
        super().__init__(
            Message(
                _(
                    "The blank and open questions are not those that this page named when it was opened. Read the list "
                    "again before you confirm it. Nothing was changed."
                )
            )
        )


class Declared(ActionRefused):
    """The agency has declared its answers complete; they cannot change until it takes the declaration back."""

    def __init__(self, agency: str):
        message = {
            "customs": _(
                "Customs has declared its answers complete, so this answer cannot be changed now. A coordinator of "
                "customs can take the declaration back until the comparison opens. Your text is not saved."
            ),
            "police": _(
                "The police have declared their answers complete, so this answer cannot be changed now. A coordinator "
                "of the police can take the declaration back until the comparison opens. Your text is not saved."
            ),
        }[agency]
        super().__init__(Message(message))


class ActsForOther(ActionRefused, PermissionDenied):
    """The person acted for the other agency in this assessment, or was invited to it; `agency` is their current one."""

    def __init__(self, agency: str):
        texts = {"customs": _ASK_CUSTOMS, "police": _ASK_POLICE}
        super().__init__(Message(texts[agency]))
        self.agency = agency


class NotAttested(ActionRefused):
    """An agency's signature under what stands now is missing; `agencies` says whose."""

    def __init__(self, agencies: Sequence[str]):
        super().__init__(
            Message(_("Customs and police must both attest the answers as they stand now before they are submitted."))
        )
        self.agencies = tuple(agencies)


class NotOpen(ActionRefused):
    """The assessment was returned for other questions; this one is not open."""

    def __init__(self, question: str):
        super().__init__(
            Message(_("%(code)s is not open: only the questions named on return can be changed."), {"code": question})
        )


class NotAsked(ActionRefused):
    """A follow-up whose condition does not hold."""

    def __init__(self, question: str, parent: str):
        super().__init__(
            Message(
                _("%(code)s is not asked, because of the answer to %(parent)s. Nothing was changed."),
                {"code": question, "parent": parent},
            )
        )


class AgreeFirst(NotAsked):
    """The condition of a follow-up question is met only by a proposal that is not agreed yet."""

    def __init__(self, question: str, parent: str):
        ActionRefused.__init__(
            self,
            Message(
                _(
                    "%(code)s is asked because of the answer to %(parent)s, which is not recorded as agreed yet. "
                    "Record %(parent)s first."
                ),
                {"code": question, "parent": parent},
            ),
        )


class NothingGiven(ActionRefused):
    """The answer to be recorded as agreed is empty."""

    def __init__(self, question: str):
        super().__init__(
            Message(
                _("%(code)s: choose what both agree on, or leave the question open with a reason."), {"code": question}
            )
        )


class NothingAnswered(ActionRefused):
    """No question is answered in the voice, so it cannot be declared, compared, attested or submitted."""

    def __init__(self) -> None:
        super().__init__(Message(_("No question is answered yet, so there is nothing to attest or submit.")))


class NotSettled(ActionRefused):
    """The two agencies have neither agreed on `questions` nor left them open."""

    def __init__(self, questions: Sequence[str]):
        super().__init__(
            Message(
                _(
                    "These questions have no agreed national answer yet: %(codes)s. Record an answer to each, or leave "
                    "it open with a reason."
                ),
                {"codes": ", ".join(questions)},
            )
        )
        self.questions = tuple(questions)


class NothingBefore(ActionRefused):
    """The country has no earlier answer to this question that could be still true."""

    def __init__(self, question: str):
        super().__init__(Message(_("There is no earlier answer to %(code)s to confirm."), {"code": question}))


class AgreedInstead(ActionRefused):
    """What two agencies agree on is said to be still true by nobody alone."""

    def __init__(self, question: str):
        super().__init__(
            Message(
                _(
                    "Customs and police agree on the answer to %(code)s in their comparison, with the reason for it. "
                    "Each says in its own answer whether the last one is still true."
                ),
                {"code": question},
            )
        )


class AgreementNeeded(ActionRefused):
    """Two agencies answered differently, and why they agree on this answer is not said."""

    def __init__(self, question: str):
        super().__init__(
            Message(
                _(
                    "Customs and police answered %(code)s differently. Say why they agree on this answer before you "
                    "record it."
                ),
                {"code": question},
            )
        )


class Stale(ActionRefused):
    """Someone else saved the answer first; `row` is what stands now."""

    def __init__(self, row: Response):
        super().__init__(
            Message(_("Two people changed the answer to %(code)s at the same time."), {"code": row.question})
        )
        self.row = row


class ActionChanged(ActionRefused):
    """Someone else changed the action of the plan first; `row` is what stands now."""

    def __init__(self, row: Action):
        super().__init__(
            Message(_("Somebody else has changed action %(number)s in the meantime."), {"number": row.number})
        )
        self.row = row


class TextChanged(ActionRefused):
    """Somebody else has changed what an act would write over, or what it speaks of, since its page was opened."""

    def __init__(self) -> None:
        super().__init__(
            Message(
                _(
                    "Somebody else has changed this since the page was opened, and nothing of yours is saved yet. Read "
                    "what stands now; what you typed is still in its form."
                )
            )
        )


class Invalid(ActionRefused):
    """What was given breaks the rules; `faults` says where."""

    def __init__(self, faults: Sequence[Fault]):
        super().__init__(Message("%(faults)s", {"faults": "; ".join(str(fault) for fault in faults)}))
        self.faults = tuple(faults)
