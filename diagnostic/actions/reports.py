"""Report files: requesting one, and taking, finishing or failing it. The rendering itself is in tasks."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.db.models import F, OuterRef, QuerySet, Subquery

from cpch.accounts.models import User
from diagnostic.core.formats import FORMATS_OF
from diagnostic.core.plain_data import canonical, digest_of
from diagnostic.models import Assessment, ReportFile
from diagnostic.permissions import editions_for

from . import audit, leases
from .clock import now

logger = logging.getLogger(__name__)

CHUNK = 1 << 18
"""How many bytes of a file are read at a time."""
MOST_WAITING = 3
"""How many files of one person may wait or be rendered at a time."""
MOST_ATTEMPTS = 3
"""How often the rendering of a file is started without a result before it is marked as failed."""


class TooManyWaiting(Exception):
    """This person has too many waiting files to queue another; `files` are those, the oldest first."""

    def __init__(self, files: list[ReportFile]) -> None:
        super().__init__(f"{len(files)} report files are waiting")
        self.files = files


def find_report(*, digest: str, edition: str, language: str, kind: str) -> ReportFile | None:
    """The file of the report data with this digest, in whatever state, or None (1 query). Its data is not loaded.

    `kind` is one of the formats.
    """
    files = ReportFile.objects.filter(digest=digest, edition=edition, language=language, format=kind)
    return files.defer("data").first()


def find_reports(*, digests: Mapping[str, str], language: str) -> dict[tuple[str, str], ReportFile]:
    """The files of several editions by edition and format (1 query); `digests` are those of the editions' data."""
    files = ReportFile.objects.filter(digest__in=digests.values(), language=language).defer("data")
    return {(file.edition, file.format): file for file in files if digests.get(file.edition) == file.digest}


class FileDamaged(Exception):
    """A rendered file differs from the one that was made; `fault` says how, for the operators' log."""

    def __init__(self, fault: str):
        super().__init__(fault)
        self.fault = fault


@transaction.atomic
def request_report(
    *, data: Mapping[str, Any], edition: str, language: str, kind: str, by: Any, assessment: Assessment
) -> tuple[ReportFile, bool]:
    """The file for this report data, and whether the caller must queue it, because it is new or failed before.

    The same data, edition, language and format are rendered once. Raises `PermissionDenied` for an edition that is not
    theirs, and for a format that the edition does not come as; `TooManyWaiting` if `MOST_WAITING` other files of this
    person are waiting, unless this one is ready or waiting.
    """
    if edition not in editions_for(by, assessment) or kind not in FORMATS_OF[edition]:
        raise PermissionDenied
    digest = digest_of(data)
    # Concurrent requests of one person wait here for each other, so that each is counted below.
    User.objects.select_for_update(no_key=True).only("pk").get(pk=by.pk)
    file = find_report(digest=digest, edition=edition, language=language, kind=kind)
    if file is not None and file.state != ReportFile.State.FAILED:
        return file, False
    _require_room(by)
    file, is_new = ReportFile.objects.defer("data").get_or_create(
        digest=digest,
        edition=edition,
        language=language,
        format=kind,
        defaults={"data": canonical(data), "requested_by_id": by.pk, "requested_at": now()},
    )
    is_to_queue = is_new or _queue(file, by)
    if is_to_queue:
        what = {"digest": file.digest, "edition": edition, "format": kind}
        audit.record(act="report.request", by=by, assessment=assessment, **what)
    return file, is_to_queue


def reports_waiting(by: Any) -> QuerySet[ReportFile]:
    """The unfinished files that this person queued, in the order of their requests."""
    return ReportFile.outstanding().filter(requested_by_id=by.pk).order_by("requested_at", "pk")


def _require_room(by: Any) -> None:
    """Raise `TooManyWaiting` if this person cannot queue another file (1 query)."""
    waiting = list(reports_waiting(by)[:MOST_WAITING])
    if len(waiting) == MOST_WAITING:
        raise TooManyWaiting(waiting)


def _queue(file: ReportFile, by: Any) -> bool:
    """Queue a failed or withdrawn file again; False if another request was faster."""
    unchanged = ReportFile.objects.filter(pk=file.pk, state=file.state, name=file.name, sha256=file.sha256)
    return bool(
        unchanged.exclude(state=ReportFile.State.QUEUED).update(
            state=ReportFile.State.QUEUED,
            requested_by_id=by.pk,
            requested_at=now(),
            attempts=0,
            started_at=None,
            finished_at=None,
        )
    )


@transaction.atomic
def begin_rendering() -> ReportFile | None:
    """Lease the next waiting file; None if there is none (at most 5 queries, and 1 for each failed file).

    People take turns: the person whose last rendering started longest ago comes first, then the older file.
    """
    _give_up()
    begun = ReportFile.objects.filter(requested_by=OuterRef("requested_by"), started_at__isnull=False)
    in_turn = ReportFile.outstanding().annotate(
        turn=Subquery(begun.order_by("-started_at").values("started_at")[:1]),
    )
    file = leases.take(in_turn.order_by(F("turn").asc(nulls_first=True), "requested_at", "pk"))
    if file is not None:
        file.attempts += 1
        file.started_at = now()
        file.save(update_fields=["attempts", "started_at"])
    return file


def _give_up() -> None:
    """Mark files as failed whose rendering ended `MOST_ATTEMPTS` times without a result: it may kill every worker."""
    hopeless = ReportFile.outstanding().filter(leases.is_free(), attempts__gte=MOST_ATTEMPTS).defer("data")
    for file in hopeless.order_by("pk"):
        if leases.held(file).filter(leases.is_free()).update(state=ReportFile.State.FAILED, finished_at=now()):
            logger.error(
                "The rendering of the report file %s was started %s times without a result; it may be what ended the "
                "worker. It is not started again until the file is requested again.",
                file,
                file.attempts,
            )


def finish_rendering(*, file: ReportFile, content: bytes) -> None:
    """Store the rendered file with its size and digest; earlier files are kept.

    The row is updated only after the whole file is stored. Raises `LeaseLost` if another process has taken the file in
    the meantime; this rendering is then discarded.
    """
    leases.renew(file)
    storage = storages["reports"]
    kept = storage.save(f"{file.digest}-{file.edition}-{file.language}.{file.format}", ContentFile(content))
    is_noted = leases.held(file).update(
        state=ReportFile.State.READY,
        name=kept,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        finished_at=now(),
        leased_by="",
        leased_until=None,
    )
    if not is_noted:
        storage.delete(kept)
        raise leases.LeaseLost(str(file))


def fail_rendering(*, file: ReportFile) -> None:
    """Mark the file as failed, if this process still holds it; it can be requested again."""
    leases.held(file).update(state=ReportFile.State.FAILED, finished_at=now(), leased_by="", leased_until=None)


def open_report(*, file: ReportFile) -> File[bytes]:
    """The content of a ready file, yielded only after all of it was verified.

    It is read in chunks, so that memory does not depend on the length of the report; a megabyte costs about two
    milliseconds. Raises `FileDamaged` if the file is missing, unreadable, truncated, empty, overwritten or another one.
    """
    try:
        content = storages["reports"].open(file.name)
    except FileNotFoundError as error:
        raise FileDamaged("is missing") from error
    except OSError as error:
        raise FileDamaged(f"cannot be opened ({error.strerror})") from error
    try:
        _check(content, file)
    except FileDamaged:
        content.close()
        raise
    return content


def _check(content: File[bytes], file: ReportFile) -> None:
    digest, size = hashlib.sha256(), 0
    try:
        for chunk in content.chunks(CHUNK):
            digest.update(chunk)
            size += len(chunk)
        content.seek(0)
    except OSError as error:
        raise FileDamaged(f"cannot be read ({error.strerror})") from error
    if size != file.size:
        raise FileDamaged(f"has {size} bytes, not {file.size}")
    if digest.hexdigest() != file.sha256:
        raise FileDamaged("does not have the content that was made")


def replace_damaged(*, file: ReportFile, fault: str, by: Any) -> bool:
    """Withdraw a damaged file and have it made again; returns whether to queue it.

    If several requests find the damage, one of them queues it. This is not an act on the assessment, so it goes to the
    operators' log, not to the assessment's.
    """
    if file.state != ReportFile.State.READY or not _queue(file, by):
        return False
    logger.error("The report file %s %s. It is not served, and is being made again.", file.name, fault)
    try:
        storages["reports"].delete(file.name)
    except OSError as error:
        logger.warning("The damaged report file %s could not be deleted: %s", file.name, error)
    return True


def record_download(*, file: ReportFile, by: Any, assessment: Assessment, number: int | None) -> None:
    """Write into the assessment's log who took which report away."""
    audit.record(
        act="report.download",
        by=by,
        assessment=assessment,
        digest=file.digest,
        edition=file.edition,
        format=file.format,
        number=number,
    )
