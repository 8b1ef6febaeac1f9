"""The confirmation pages before a review is closed: unread and open points, effects, and what cannot be undone."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diagnostic.core.instrument import Instrument
from diagnostic.core.progress import with_follow_ups
from diagnostic.models import Opinion, Submission


@dataclass(frozen=True, slots=True)
class Point:
    """An unread or open point, and its questions, in instrument order."""

    text: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClosingPage:
    """`points` are empty if everything is read and closed; `effects` are the irreversible effects of the act."""

    points: tuple[Point, ...]
    effects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """The progress of the reviewer and the country with a submission, as codes of questions.

    `unread` are questions with something that this reviewer has not read; `unanswered` those whose last shared comment
    the country has not answered; `unclarified` those asked at the last return and answered as before.
    """

    unread: Collection[str]
    unanswered: Collection[str]
    unclarified: Collection[str]
    opinions: Collection[Opinion]

    @property
    def unreplied(self) -> tuple[str, ...]:
        """The questions whose current opinion has no reply from the country."""
        return tuple(item.question for item in self.opinions if item.awaits_reply)


def build_acceptance_page(submission: Submission, instrument: Instrument, standing: Standing) -> ClosingPage:
    """The page before accepting (no query)."""
    final = _(
        "Submission %(number)d of %(country)s becomes final: nobody can change, return or withdraw it afterwards."
    )
    effects = [
        final % {"number": submission.number, "country": submission.received.country},
        _(
            "No more comments, opinions or questions can be written. Send anything you have typed first. The country "
            "can still reply to opinions."
        ),
        _("The country discloses it to partners, who may then read it.")
        if submission.is_disclosed_to_partners
        else _("Partners do not read it."),
    ]
    return ClosingPage(tuple(_points(instrument, standing)), tuple(effects))


def build_return_page(
    submission: Submission, instrument: Instrument, standing: Standing, asked: Collection[str]
) -> ClosingPage:
    """The page before returning; `asked` are the questions with a clarification (no query)."""
    opened = with_follow_ups(instrument, asked)
    follow_ups = _in_order(instrument, opened - set(asked))
    opens = [_("Only these questions and their follow-ups open again.")]
    if follow_ups:
        opens.append(_("Their follow-ups: %(codes)s.") % {"codes": ", ".join(follow_ups)})
    opens.append(_("Everything else stays as it was submitted."))
    effects = [
        " ".join(opens),
        _("The country is told by e-mail and sees what you ask, with your name. This cannot be taken back."),
        _(
            "The review of this submission is closed. The country corrects and submits again, under a new number, or "
            "withdraws the assessment. You do not see its changes until then."
        ),
    ]
    return ClosingPage(tuple(_points(instrument, standing)), tuple(effects))


def _points(instrument: Instrument, standing: Standing) -> Iterable[Point]:
    unread = ngettext(
        "You have not read %(count)d answer, or what was said about it since.",
        "You have not read %(count)d answers, or what was said about them since.",
        len(standing.unread),
    )
    unreplied = ngettext(
        "The country has not replied to %(count)d opinion.",
        "The country has not replied to %(count)d opinions.",
        len(standing.unreplied),
    )
    unanswered = ngettext(
        "The country has not answered the last comment on %(count)d question.",
        "The country has not answered the last comment on %(count)d questions.",
        len(standing.unanswered),
    )
    unclarified = ngettext(
        "%(count)d question was asked at the last return, and is answered as before.",
        "%(count)d questions were asked at the last return, and are answered as before.",
        len(standing.unclarified),
    )
    for text, codes in (
        (unread, standing.unread),
        (unclarified, standing.unclarified),
        (unreplied, standing.unreplied),
        (unanswered, standing.unanswered),
    ):
        if codes:
            yield Point(text % {"count": len(codes)}, _in_order(instrument, codes))


def _in_order(instrument: Instrument, codes: Collection[str]) -> tuple[str, ...]:
    return tuple(sorted(codes, key=instrument.order.__getitem__))
