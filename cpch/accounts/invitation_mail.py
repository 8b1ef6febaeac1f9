"""The delivery state of invitation e-mails, in words that reveal nothing about accounts."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from diagnostic.models import OutboxItem

from .models import Invitation

SENT, WAITING, FAILED = _("E-mail sent"), _("E-mail on its way"), _("E-mail could not be delivered")


def load_mail_words(invitations: Sequence[Invitation]) -> dict[int, str]:
    """The delivery state of the e-mail with each invitation's current link, by the invitation's key (1 query)."""
    keys = [invitation.pk for invitation in invitations]
    items = OutboxItem.objects.filter(kind="invitation", entry__detail__invitation__in=keys).select_related("entry")
    by_link = {item.entry.detail["link"]: _say(item) for item in items}
    return {each.pk: by_link[each.link_nonce] for each in invitations if each.link_nonce in by_link}


def _say(item: OutboxItem) -> str:
    if item.done_at:
        return str(SENT)
    return str(FAILED if item.given_up_at else WAITING)
