"""Compares e-mail addresses, and shows signs of a second mailbox; pure, for invitations, accounts and proposals."""

from __future__ import annotations

import re
import stringprep
import unicodedata

ACE_PREFIX = "xn--"
DOTS = re.compile("[.\u3002\uff0e\uff61]")
"""What separates the labels of a domain (RFC 3490, section 3.1)."""
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
