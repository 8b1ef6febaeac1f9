"""Rejects passwords that consist of words of the site or of the person's own country, agency or organisation."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.utils.translation import gettext as _

from .models import Agency, Membership

SITE_WORDS = (
    "cpch",
    "wco",
    "interpol",
    "customs",
    "police",
    "cooperation",
    "handbook",
    "diagnostic",
    "border",
    "World Customs Organization",
)
LONG = 4
"""From this length on, a word also counts inside others; a shorter one, such as "wco", only as a separate word."""
REST = 10
"""The minimum number of letters and digits of a password without these words."""


class SiteWordsValidator:
    """Rejects a password with little besides words that anybody would try here (ASVS 6.2.11).

    Words are found in any case, with or without accents and separators. A longer password may contain them: without the
    words it must have `REST` letters and digits.
    """

    def validate(self, password: str, user: object = None) -> None:
        """Raises `ValidationError`, naming the words found. `user` may be unsaved, with a membership (1 query)."""
        found, rest = _take_out(password, [*SITE_WORDS, *_host_words(), *_place_words(user)])
        if found and rest < REST:
            raise ValidationError(
                _(
                    "Without “%(words)s”, which others would guess, this password has only %(rest)d letters and "
                    "digits. Add some until at least %(least)d remain, or choose another password."
                ),
                code="password_site_words",
                params={"words": _("” and “").join(found), "rest": rest, "least": REST},
            )

    def get_help_text(self) -> str:
        return _("Your password can’t consist of words such as the name of this site, your country or your agency.")


def _take_out(password: str, words: Iterable[str]) -> tuple[list[str], int]:
    """The words found in `password`, longest first, and how many letters and digits it has without them."""
    text, found = _fold(password), []
    folded: dict[str, str] = {}
    for word in words:
        folded.setdefault(_join(_fold(word)), word)
    short = [word for word in folded if 0 < len(word) < LONG]
    for word in short:
        text, count = re.subn(rf"(?<![^\W\d_]){re.escape(word)}(?![^\W\d_])", " ", text)
        found += [folded[word]] if count else []
    text = _join(text)
    for word in sorted(folded, key=len, reverse=True):
        if len(word) >= LONG and word in text:
            text = text.replace(word, "")
            found.append(folded[word])
    return found, len(text)


def _host_words() -> Iterator[str]:
    """The labels of the site's host name, unless it is an IP address."""
    host = urlsplit(settings.BASE_URL).hostname or ""
    try:
        ip_address(host)
    except ValueError:
        yield from host.split(".")


def _place_words(user: object) -> Iterator[str]:
    """The name and code of the person's country, their agency and organisation, and the longer words of these names."""
    try:
        membership: Membership | None = getattr(user, "membership", None)
    except ObjectDoesNotExist:
        return
    if membership is None:
        return
    names = [membership.organisation]
    if membership.country is not None:
        names += [membership.country.name, membership.country.alpha3]
    if membership.agency is not None:
        names.append(str(Agency.Kind(membership.agency.kind).label))
    for name in names:
        yield name
        yield from (word for word in re.split(r"[\W_]+", name) if len(word) >= LONG)


def _fold(text: str) -> str:
    """`text` without case and accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold()


def _join(text: str) -> str:
    """The letters and digits of `text`."""
    return "".join(letter for letter in text if letter.isalnum())
