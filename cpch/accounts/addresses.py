"""Compares e-mail addresses, and shows signs of a second mailbox; pure, for invitations, accounts and proposals."""

from __future__ import annotations

import re
import stringprep
import unicodedata
from encodings import idna

from diagnostic.core.words import Message, _

ACE_PREFIX = "xn--"
DOTS = re.compile("[.\u3002\uff0e\uff61]")
"""What separates the labels of a domain (RFC 3490, section 3.1)."""
DEVIATIONS = re.compile("[\u00df\u1e9e\u03c2\u200c\u200d]")
"""Letters that the two versions of IDNA send to different domains (UTS 46, section 7)."""
PUBLIC_PROVIDERS = frozenset(
    """
    aol.com gmail.com gmx.com gmx.de gmx.net googlemail.com hey.com hotmail.com hotmail.fr icloud.com laposte.net
    live.com mail.com mail.ru me.com msn.com naver.com orange.fr outlook.com outlook.fr proton.me protonmail.com
    qq.com rediffmail.com tuta.com tutanota.com web.de yahoo.com yahoo.co.uk yahoo.fr yandex.com yandex.ru
    ymail.com zoho.com 126.com 163.com
    """.split()  # noqa: SIM905 - a list of names reads best as one
)
"""Where anybody opens a mailbox in a minute: the largest providers. A domain that is not among them proves nothing."""


def address_key(email: str) -> str:
    """A key that is equal for all spellings of one address; never shown, and never used for sending.

    The domain is compared as in IDNA: by labels, an `xn--` label decoded, ignoring case and compatibility form, without
    a final dot. The local part is compared in NFC, ignoring case: mail servers may distinguish case, but none in use
    does. So `Ada@MÜNCHEN.example.` and `ada@xn--mnchen-3ya.example` are equal.
    """
    local, at, domain = email.strip().rpartition("@")
    return f"{_folded(local, 'NFC')}{at}{domain_key(domain)}"


def write_address(email: str) -> str:
    """The address as it is stored and shown: in lower case, `xn--` labels decoded if that is the same domain.

    A domain that cannot be decoded is kept as given.
    """
    local, at, domain = email.strip().rpartition("@")
    return f"{local.lower()}{at}{'.'.join(_write_label(label) for label in DOTS.split(domain)).rstrip('.')}"


def ascii_domain(domain: str) -> str:
    """The ASCII form of the domain, with `xn--` labels; the domain as given if it has none."""
    try:
        return ".".join(idna.ToASCII(label).decode("ascii") for label in DOTS.split(domain))
    except UnicodeError:
        return domain


def find_address_fault(email: str) -> Message | None:
    """Why a non-ASCII address is undeliverable, or None; the form field checks everything else."""
    local, _at, domain = email.strip().rpartition("@")
    strange = next((letter for letter in local if not letter.isascii()), "")
    if strange:
        return Message(
            _(
                "This address has “%(letter)s” (U+%(code)s) before the @. Many mail servers cannot deliver to such an "
                "address. Give an address without accented or non-Latin letters before the @."
            ),
            {"letter": strange, "code": f"{ord(strange):04X}"},
        )
    unclear = DEVIATIONS.search(domain)
    if unclear:
        return Message(
            _(
                "This address has “%(letter)s” (U+%(code)s) after the @, which can stand for two different domains. "
                "Ask the administrator of the mailbox for the form of the domain that begins with xn--."
            ),
            {"letter": unclear[0], "code": f"{ord(unclear[0]):04X}"},
        )
    try:
        for label in DOTS.split(domain):
            idna.ToASCII(label)
    except UnicodeError:
        return Message(_("The part after the @ is not a valid domain. Check the spelling."))
    return None


def domain_key(domain: str) -> str:
    """A key that is equal for all spellings of one domain."""
    return ".".join(_label_key(label) for label in DOTS.split(domain.strip())).rstrip(".")


def domain_of(email: str) -> str:
    """The domain of an address, in the form of `domain_key`."""
    return domain_key(email.rpartition("@")[2])


def name_part(email: str) -> str:
    """The letters of the local part, which identify the person: without a "+" tag, dots and digits."""
    local = address_key(email).rpartition("@")[0].partition("+")[0]
    return "".join(letter for letter in local if letter.isalpha())


def is_public_provider(domain: str) -> bool:
    """Whether anybody can open a mailbox at `domain`, given in the form of `domain_key`."""
    return domain in PUBLIC_PROVIDERS


def _write_label(label: str) -> str:
    lower = unicodedata.normalize("NFKC", label).lower()
    if not lower.isascii():
        seen = (letter for letter in lower if DEVIATIONS.match(letter) or not stringprep.in_table_b1(letter))
        return unicodedata.normalize("NFKC", "".join(seen))
    try:
        decoded = str(idna.ToUnicode(lower))
        return decoded if idna.ToASCII(decoded).decode("ascii") == lower else lower
    except UnicodeError:
        return lower


def _label_key(label: str) -> str:
    folded = _folded(label, "NFKC")
    if not folded.startswith(ACE_PREFIX):
        return folded
    try:
        return _folded(folded.removeprefix(ACE_PREFIX).encode("ascii").decode("punycode"), "NFKC")
    except (UnicodeError, OverflowError, ValueError):
        return folded


def _folded(text: str, form: str) -> str:
    """`text` case-folded and normalised, without invisible characters (RFC 3454, table B.1)."""
    visible = "".join(letter for letter in text if not stringprep.in_table_b1(letter))
    normal = "NFKC" if form == "NFKC" else "NFC"
    return unicodedata.normalize(normal, unicodedata.normalize(normal, visible).casefold())
