"""The one set of rules for what a response may hold, for form and file alike (design: Interchange)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .instrument import AGENCIES, AREA_HOLDERS, BASES, LEVELS, Instrument, Option, Question
from .responses import NATIONAL, Response
from .visible_text import says_nothing
from .words import Message, _

MAX_CHARACTERS = 10_000
BIDI_OVERRIDES = range(0x202A, 0x202F)
SURROGATES = range(0xD800, 0xE000)
# Unicode's category Cc but for tab and newline, the overrides, and surrogates that stand alone.
SUSPECT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong and where: `path` names the member, "" the response as a whole."""

    path: str
    message: Message

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


def find_text_fault(text: str) -> Message | None:
    """Why `text` cannot be taken: too long, or with characters that hide or reorder what a reader sees."""
    if len(text) > MAX_CHARACTERS:
        return Message(
            _("has %(length)s characters; at most %(most)s are possible"),
            {"length": f"{len(text):,}", "most": f"{MAX_CHARACTERS:,}"},
        )
    found = SUSPECT.search(text)
    if found is None:
        return None
    code = ord(found[0])
    if code in BIDI_OVERRIDES:
        words = _("has the text-direction override U+%(code)s at character %(place)s; remove it")
    elif code in SURROGATES:
        words = _("has the lone surrogate U+%(code)s at character %(place)s, which is no text; remove it")
    else:
        words = _("has the control character U+%(code)s at character %(place)s; remove it")
    return Message(words, {"code": f"{code:04X}", "place": f"{found.start() + 1:,}"})


def check_response(instrument: Instrument, question: Question, voice: str, response: Response) -> list[Fault]:
    """Every fault of `response` as the answer of `voice` to `question`; empty where it can be taken."""
    return [*_status_faults(question, response), *check_members(instrument, question, voice, response)]


def check_members(instrument: Instrument, question: Question, voice: str, response: Response) -> list[Fault]:
    """The faults that are there whatever the status is."""
    return [
        *_member_faults(question, response),
        *_authority_faults(instrument, voice, response),
        *_area_faults(instrument, response),
        *_choice_faults("topics", response.topics, instrument.training_topics),
        *_choice_faults("challenges", response.challenges, instrument.challenge_kinds),
        *_text_faults(response),
    ]


def _status_faults(question: Question, response: Response) -> Iterator[Fault]:
    if response.status == "answered":
        if not says_nothing(response.reason):
            yield Fault("reason", Message(_("goes only with not applicable or cannot answer")))
        return
    if response.status == "not_applicable" and not question.allows_not_applicable:
        yield Fault("status", Message(_("%(code)s cannot be not applicable"), {"code": question.code}))
    if says_nothing(response.reason):
        if response.status == "not_applicable":
            yield Fault("reason", Message(_("say why %(code)s does not apply"), {"code": question.code}))
        else:
            yield Fault("reason", Message(_("say why %(code)s cannot be answered now"), {"code": question.code}))
    for member in ("level", "basis", "authority", "areas", "topics", "challenges"):
        if getattr(response, member):
            yield Fault(member, Message(_("cannot stand beside not applicable or cannot answer")))


def _member_faults(question: Question, response: Response) -> Iterator[Fault]:
    if response.level is not None:
        if not question.takes_level:
            yield Fault("level", Message(_("%(code)s takes no level"), {"code": question.code}))
        elif response.level not in LEVELS:
            yield Fault("level", Message(_("must be a whole number from 1 to 5")))
    if response.basis:
        if not question.takes_level:
            yield Fault("basis", Message(_("%(code)s takes no basis"), {"code": question.code}))
        elif response.basis not in BASES:
            yield Fault("basis", Message(_("must be one of %(options)s"), {"options": ", ".join(BASES)}))
    takes = {
        "authority": question.takes_authority,
        "areas": question.takes_areas,
        "topics": question.takes_topics,
        "challenges": question.takes_challenges,
    }
    for member, is_taken in takes.items():
        if getattr(response, member) and not is_taken:
            yield Fault(member, Message(_("%(code)s takes no %(member)s"), {"code": question.code, "member": member}))


def _authority_faults(instrument: Instrument, voice: str, response: Response) -> Iterator[Fault]:
    options = [option.id for option in instrument.authority_options]
    for agency, value in response.authority.items():
        path = f"authority.{agency}"
        if agency not in AGENCIES:
            yield Fault(
                path, Message(_("unknown agency; must be one of %(options)s"), {"options": ", ".join(AGENCIES)})
            )
        elif voice != NATIONAL and agency != voice:
            yield Fault(path, Message(_("the %(voice)s voice speaks only for itself"), {"voice": voice}))
        elif value not in options:
            yield Fault(path, _one_of(options))


def _area_faults(instrument: Instrument, response: Response) -> Iterator[Fault]:
    areas = [area.id for area in instrument.risk_areas]
    for area, holder in response.areas.items():
        if area not in areas:
            yield Fault(f"areas.{area}", Message(_("unknown risk area")))
        elif holder not in AREA_HOLDERS:
            yield Fault(f"areas.{area}", _one_of(AREA_HOLDERS))


def _choice_faults(member: str, chosen: tuple[str, ...], options: Iterable[Option]) -> Iterator[Fault]:
    known = {option.id for option in options}
    seen: set[str] = set()
    for place, value in enumerate(chosen):
        if value not in known:
            yield Fault(f"{member}[{place}]", Message(_("unknown option")))
        elif value in seen:
            yield Fault(f"{member}[{place}]", Message(_("%(option)s is named twice"), {"option": value}))
        seen.add(value)


def _text_faults(response: Response) -> Iterator[Fault]:
    texts = {"narrative": response.narrative, "reason": response.reason}
    for place, item in enumerate(response.evidence):
        texts[f"evidence[{place}].title"] = item.title
        texts[f"evidence[{place}].reference"] = item.reference
        if says_nothing(item.title):
            yield Fault(f"evidence[{place}].title", Message(_("a title is needed")))
    for path, text in texts.items():
        fault = find_text_fault(text)
        if fault:
            yield Fault(path, fault)


def _one_of(options: Iterable[str]) -> Message:
    return Message(_("must be one of %(options)s"), {"options": ", ".join(options)})
