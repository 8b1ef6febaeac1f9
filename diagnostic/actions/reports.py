"""Report files: asking for one, and what the process that renders notes down. The rendering itself is in tasks."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.db.models import Q

from diagnostic.core.formats import FORMATS_OF
from diagnostic.core.plain_data import canonical, digest_of
from diagnostic.models import Assessment, ReportFile
from diagnostic.permissions import editions_for

from . import audit
from .clock import now

logger = logging.getLogger(__name__)

CHUNK = 1 << 18
"""How many bytes of a file are read at a time."""
PATIENCE = timedelta(minutes=2)
"""How long a file may wait or render before it can be asked for again: the process that had it may have ended.

A rendering takes seconds. Where it only takes longer, asking again spoils and doubles nothing: the first that is done
makes the file ready, and who comes to a ready file lets it be.
"""


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
    """The file for this report data, and whether it is to be queued: it is new, failed, or was left behind.

    The same data, edition, language and format are rendered once. Raises `PermissionDenied` for an edition that is not
    theirs, and for a format that the edition does not come as.
    """
    if edition not in editions_for(by, assessment) or kind not in FORMATS_OF[edition]:
        raise PermissionDenied
    file, is_new = ReportFile.objects.defer("data").get_or_create(
        digest=digest_of(data),
        edition=edition,
        language=language,
        format=kind,
        defaults={"data": canonical(data), "requested_at": now()},
    )
    is_to_queue = is_new or _take_again(file)
    if is_to_queue:
        what = {"digest": file.digest, "edition": edition, "format": kind}
        audit.record(act="report.request", by=by, assessment=assessment, **what)
    return file, is_to_queue


def is_due(file: ReportFile) -> bool:
    """Whether asking for `file` queues it again: it failed, or a process that ended left it behind."""
    late = now() - PATIENCE
    since = {ReportFile.State.QUEUED: file.requested_at, ReportFile.State.RENDERING: file.started_at}
    begun = since.get(ReportFile.State(file.state))
    return file.state == ReportFile.State.FAILED or (begun is not None and begun < late)


def _take_again(file: ReportFile) -> bool:
    if not is_due(file):
        return False
    unchanged = Q(state=file.state, requested_at=file.requested_at, started_at=file.started_at)
    changed = ReportFile.objects.filter(unchanged, pk=file.pk).update(
        state=ReportFile.State.QUEUED, requested_at=now(), started_at=None, finished_at=None
    )
    if changed:
        file.refresh_from_db()
    return bool(changed)


def begin_rendering(*, file_id: int) -> ReportFile | None:
    """Take a queued file for this process; None where another was faster or it is done."""
    taken = ReportFile.objects.filter(pk=file_id, state=ReportFile.State.QUEUED).update(
        state=ReportFile.State.RENDERING, started_at=now()
    )
    return ReportFile.objects.get(pk=file_id) if taken else None


def finish_rendering(*, file: ReportFile, content: bytes) -> None:
    """Store the rendered file with its size and digest; earlier files are kept.

    The file is marked as ready even if it was requested again while rendering. The row names the file only once the
    storage holds all of it.
    """
    name = f"{file.digest}-{file.edition}-{file.language}.{file.format}"
    kept = storages["reports"].save(name, ContentFile(content))
    ReportFile.objects.filter(pk=file.pk).exclude(state=ReportFile.State.READY).update(
        state=ReportFile.State.READY,
        name=kept,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        finished_at=now(),
    )


def fail_rendering(*, file_id: int) -> None:
    """Note that the file could not be rendered, or not even be begun; it can be asked for again."""
    ReportFile.objects.filter(pk=file_id).exclude(state=ReportFile.State.READY).update(
        state=ReportFile.State.FAILED, finished_at=now()
    )


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


def replace_damaged(*, file: ReportFile, fault: str) -> bool:
    """Withdraw a damaged file and have it made again; returns whether to queue it.

    If several requests find the damage, one of them queues it. This is not an act on the assessment, so it goes to the
    operators' log, not to the assessment's.
    """
    taken = ReportFile.objects.filter(
        pk=file.pk, state=ReportFile.State.READY, name=file.name, sha256=file.sha256
    ).update(state=ReportFile.State.QUEUED, requested_at=now(), started_at=None, finished_at=None)
    if not taken:
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
