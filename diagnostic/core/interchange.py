"""The interchange file (design: Interchange): parse with all faults at once, write; the result is in result_file."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from .instrument import LEVELS, Instrument, Question
from .json_reader import NoNumber, NotJson, Object, read_json
from .member_order import MemberOrder
from .response_rules import Fault, check_members, check_response, find_text_fault
from .responses import NATIONAL, VOICES, Evidence, Response, Voices
from .words import Message, _

FORMAT = "cpch-assessment"
FORMAT_VERSION = 1
STATUSES = ("answered", "not_applicable", "unknown")
RESPONSE_MEMBERS = (
    "status",
    "level",
    "basis",
    "narrative",
    "reason",
    "authority",
    "areas",
    "topics",
    "challenges",
    "evidence",
)
ROOT_MEMBERS = (
    "format",
    "format_version",
    "instrument",
    "instrument_version",
    "country",
    "period",
    "title",
    "target_level",
    "voices",
)
OPTIONAL_MEMBERS = ("title", "target_level")
MAX_PATH = 200
T = TypeVar("T")


class InterchangeError(ValueError):
    """The file is not valid; `faults` are all of its faults, in the order of the file."""

    def __init__(self, faults: list[Fault]):
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class AssessmentFile:
    """A filled-in diagnostic: what the interchange file holds."""

    country: str
    period: str
    title: str = ""
    target_level: int | None = None
    voices: Voices = field(default_factory=dict)


def parse_assessment(
    data: bytes, instrument: Instrument, countries: Collection[str], voice: str | None = NATIONAL
) -> AssessmentFile:
    """Return the diagnostic in `data`.

    `countries` are the codes that a file may name; `voice` must be in the file, unless None. Raises
    `InterchangeError` with every fault.
    """
    try:
        root = read_json(data)
    except NotJson as error:
        raise InterchangeError([Fault("$", error.message)]) from error
    reader = _Reader(instrument, countries, voice)
    file = reader.read(root)
    if reader.faults:
        raise InterchangeError(reader.faults)
    return file


def write_assessment(file: AssessmentFile, instrument: Instrument) -> str:
    """`file` as interchange JSON, questions in instrument order and members without a value left out."""
    root: dict[str, Any] = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "instrument": instrument.id,
        "instrument_version": instrument.version,
        "country": file.country,
        "period": file.period,
    }
    if file.title:
        root["title"] = file.title
    if file.target_level is not None:
        root["target_level"] = file.target_level
    root["voices"] = {
        voice: {
            question.code: response_to_json(responses[question.code])
            for question in instrument.questions
            if question.code in responses
        }
        for voice, responses in file.voices.items()
    }
    return json.dumps(root, ensure_ascii=False, indent=1)


def response_to_json(response: Response) -> dict[str, Any]:
    """`response` in the form of the interchange file; members without a value are left out."""
    found: dict[str, Any] = {}
    if response.status != "answered":
        found["status"] = response.status
    values: dict[str, Any] = {
        "level": response.level,
        "basis": response.basis,
        "authority": dict(response.authority),
        "areas": dict(response.areas),
        "topics": list(response.topics),
        "challenges": list(response.challenges),
        "narrative": response.narrative,
        "reason": response.reason,
        "evidence": [_evidence_to_json(item) for item in response.evidence],
    }
    return found | {name: value for name, value in values.items() if value not in (None, "", [], {})}


def _evidence_to_json(item: Evidence) -> dict[str, str]:
    return {"title": item.title} | ({"reference": item.reference} if item.reference else {})


def response_from_json(members: Mapping[str, Any]) -> Response:
    """The response that `response_to_json` wrote; for our own rows, which were checked when they were saved."""
    return Response(
        status=members.get("status", "answered"),
        level=members.get("level"),
        basis=members.get("basis", ""),
        narrative=members.get("narrative", ""),
        reason=members.get("reason", ""),
        authority=dict(members.get("authority", {})),
        areas=dict(members.get("areas", {})),
        topics=tuple(members.get("topics", ())),
        challenges=tuple(members.get("challenges", ())),
        evidence=tuple(Evidence(item["title"], item.get("reference", "")) for item in members.get("evidence", ())),
    )


class _Reader:
    """Walks the file once, in its order, and notes every fault with its path."""

    def __init__(self, instrument: Instrument, countries: Collection[str], voice: str | None):
        self.instrument = instrument
        self.countries = countries
        self.voice = voice
        self.faults: list[Fault] = []
        self.order = MemberOrder()

    def fault(self, path: str, text: str, **values: object) -> None:
        self.order.note()
        self.faults.append(Fault(_readable(path), Message(text, values)))

    def unreadable(self, path: str, text: str, **values: object) -> None:
        """A fault that leaves nothing to check further at `path`."""
        self.order.unread.add(path)
        self.fault(path, text, **values)

    def read(self, root: Any) -> AssessmentFile:
        found: dict[str, Any] = {}
        if not isinstance(root, Object):
            self.fault("$", _("the file must hold one JSON object"))
            return AssessmentFile("", "")
        readers: dict[str, Callable[[str, Any], Any]] = {
            "format": lambda path, value: self.constant(path, value, FORMAT),
            "format_version": lambda path, value: self.constant(path, value, FORMAT_VERSION),
            "instrument": lambda path, value: self.constant(path, value, self.instrument.id),
            "instrument_version": lambda path, value: self.constant(path, value, self.instrument.version),
            "country": self.country,
            "period": self.filled_text,
            "title": self.text,
            "target_level": self.level,
            "voices": self.voices,
        }
        for key, value in self.members("", root):
            if key in readers:
                found[key] = readers[key](key, value)
            else:
                self.fault(key, _("unknown key"))
        for key in ROOT_MEMBERS:
            if key not in root and key not in OPTIONAL_MEMBERS:
                self.fault(key, _("is required"))
        return AssessmentFile(
            country=found.get("country") or "",
            period=found.get("period") or "",
            title=found.get("title") or "",
            target_level=found.get("target_level"),
            voices=found.get("voices") or {},
        )

    def members(self, path: str, value: Object) -> Iterator[tuple[str, Any]]:
        """The members of an object, each key once; a key given twice is a fault."""
        for key, member, is_again in value.numbered():
            if is_again:
                self.fault(_join(path, key), _("is given twice"))
            else:
                self.order.pass_by(_join(path, key))
                yield key, member
        self.order.leave(path)

    def items(self, path: str, value: Any) -> Iterator[tuple[str, Any]]:
        """The items of an array, each with its path."""
        for place, item in enumerate(self.array(path, value)):
            where = f"{path}[{place}]"
            self.order.pass_by(where)
            yield where, item

    def object(self, path: str, value: Any) -> Object:
        return self.of_type(path, value, Object, _("must be an object"), Object(()))

    def array(self, path: str, value: Any) -> list[Any]:
        return self.of_type(path, value, list, _("must be an array"), [])

    def of_type(self, path: str, value: Any, wanted: type[T], words: str, otherwise: T) -> T:
        if isinstance(value, wanted):
            return value
        if isinstance(value, NoNumber):
            self.unreadable(path, _("%(constant)s is not JSON"), constant=value.text)
        elif value is None:
            self.unreadable(path, _("null is never accepted; leave the member out"))
        else:
            self.unreadable(path, words)
        return otherwise

    def string(self, path: str, value: Any) -> str:
        return self.of_type(path, value, str, _("must be text"), "")

    def text(self, path: str, value: Any) -> str:
        text = self.string(path, value)
        fault = find_text_fault(text)
        if fault:
            self.faults.append(Fault(path, fault))
        return text

    def filled_text(self, path: str, value: Any) -> str:
        before = len(self.faults)
        text = self.text(path, value)
        if len(self.faults) == before and not text.strip():
            self.fault(path, _("is required"))
        return text

    def constant(self, path: str, value: Any, wanted: str | int) -> None:
        if type(value) is not type(wanted) or value != wanted:
            self.fault(path, _("must be %(wanted)s"), wanted=json.dumps(wanted))

    def level(self, path: str, value: Any) -> int | None:
        if type(value) is int and value in LEVELS:
            return value
        self.unreadable(path, _("must be a whole number from 1 to 5"))
        return None

    def country(self, path: str, value: Any) -> str:
        code = self.string(path, value)
        if isinstance(value, str) and code not in self.countries:
            self.fault(path, _("unknown country; must be the two-letter code of a Member, or ZZ for an example"))
        return code

    def voices(self, path: str, value: Any) -> Voices:
        found: dict[str, dict[str, Response]] = {}
        given = self.object(path, value)
        for voice, responses in self.members(path, given):
            where = _join(path, voice)
            if voice in VOICES:
                found[voice] = self.responses(where, voice, responses)
            else:
                self.fault(where, _("unknown voice; must be one of %(options)s"), options=", ".join(VOICES))
        if isinstance(value, Object) and self.voice is not None and self.voice not in given:
            self.fault(_join(path, self.voice), _("is required"))
        return found

    def responses(self, path: str, voice: str, value: Any) -> dict[str, Response]:
        found: dict[str, Response] = {}
        for code, members in self.members(path, self.object(path, value)):
            where = _join(path, code)
            question = self.instrument.by_code.get(code)
            if question is None:
                self.fault(where, _("unknown question"))
            else:
                found[code] = self.response(where, voice, question, members)
        return found

    def response(self, path: str, voice: str, question: Question, value: Any) -> Response:
        outer, self.faults, self.order = self.faults, [], MemberOrder()
        readers: dict[str, Callable[[str, Any], Any]] = {
            "status": self.status,
            "level": self.level,
            "basis": self.choice,
            "narrative": self.string,
            "reason": self.string,
            "authority": self.choices_by_name,
            "areas": self.choices_by_name,
            "topics": self.list_of_choices,
            "challenges": self.list_of_choices,
            "evidence": self.evidence,
        }
        members: dict[str, Any] = {}
        for key, member in self.members("", self.object("", value)):
            if key in readers:
                members[key] = readers[key](key, member)
            else:
                self.fault(key, _("unknown key"))
        response = Response(**{key: value for key, value in members.items() if value is not None})
        broken = [fault for fault in self.check(question, voice, response) if not self.order.is_unread(fault.path)]
        for fault in self.order.sort(self.faults, broken):
            outer.append(Fault(_readable(_join(path, fault.path) if fault.path else path), fault.message))
        self.faults, self.order = outer, MemberOrder()
        return response

    def check(self, question: Question, voice: str, response: Response) -> list[Fault]:
        """What the rules say; where the status could not be read, nothing that depends on it."""
        check = check_members if "status" in self.order.unread else check_response
        return check(self.instrument, question, voice, response)

    def status(self, path: str, value: Any) -> str | None:
        if value in STATUSES:
            return str(value)
        self.unreadable(path, _("must be one of %(options)s"), options=", ".join(STATUSES))
        return None

    def choice(self, path: str, value: Any) -> str:
        text = self.string(path, value)
        if isinstance(value, str) and not text:
            self.unreadable(path, _("unknown option"))
        return text

    def choices_by_name(self, path: str, value: Any) -> dict[str, str]:
        return {
            name: self.choice(_join(path, name), member)
            for name, member in self.members(path, self.object(path, value))
        }

    def list_of_choices(self, path: str, value: Any) -> tuple[str, ...]:
        return tuple(self.choice(where, item) for where, item in self.items(path, value))

    def evidence(self, path: str, value: Any) -> tuple[Evidence, ...]:
        return tuple(self.evidence_item(where, item) for where, item in self.items(path, value))

    def evidence_item(self, path: str, value: Any) -> Evidence:
        members = {"title": "", "reference": ""}
        given = self.object(path, value)
        for key, member in self.members(path, given):
            if key in members:
                members[key] = self.string(_join(path, key), member)
            else:
                self.fault(_join(path, key), _("unknown key"))
        return Evidence(**members)


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _readable(path: str) -> str:
    """`path` on one line, printable and not endless, whatever a file uses as its keys."""
    text = path
    if not path.isprintable():
        text = "".join(character if character.isprintable() else f"\\u{ord(character):04x}" for character in path)
    return text if len(text) <= MAX_PATH else text[: MAX_PATH - 1] + "…"
