"""The mutants of background work: leases, wakes, report files, the clean-up."""

from __future__ import annotations

from tests.mutant import Mutant

LEASES = ("tests/actions/test_report_leases.py",)
WAKES = ("tests/actions/test_wakes.py",)
LIMIT = ("tests/views/test_report_limit.py",)
CLEAN_UP = ("tests/actions/test_clean_up.py",)
REPORTS = "diagnostic/actions/reports.py"

MUTANTS = (
    Mutant(
        "report: taken although another worker holds it",
        "diagnostic/actions/leases.py",
        "    free = rows.filter(is_free())\n",
        "    free = rows\n",
        LEASES,
    ),
    Mutant("report: stored by a worker that lost its lease", REPORTS, "    leases.renew(file)\n", "", LEASES),
    Mutant(
        "report: noted by a worker that lost its lease while storing",
        REPORTS,
        "    is_noted = leases.held(file).update(",
        "    is_noted = ReportFile.objects.filter(pk=file.pk).update(",
        LEASES,
    ),
    Mutant("report: what the loser stored is kept", REPORTS, "        storage.delete(kept)\n", "", LEASES),
    Mutant(
        "report: failed by a worker that lost its lease",
        REPORTS,
        "    leases.held(file).update(state=ReportFile.State.FAILED",
        "    ReportFile.objects.filter(pk=file.pk).update(state=ReportFile.State.FAILED",
        LEASES,
    ),
    Mutant("report: never given up", REPORTS, "    _give_up()\n    begun", "    begun", LEASES),
    Mutant("report: attempts are not begun anew", REPORTS, "            attempts=0,\n", "", LEASES),
    Mutant("report: no turns", REPORTS, 'F("turn").asc(nulls_first=True), ', "", LEASES),
    Mutant(
        "report: a failure ends the worker's round",
        "diagnostic/tasks.py",
        "        reports.fail_rendering(file=file)\n",
        "        reports.fail_rendering(file=file)\n        raise\n",
        LEASES,
    ),
    Mutant(
        "report: what the database does not take has failed",
        "diagnostic/tasks.py",
        "    except DatabaseError:\n",
        "    except ZeroDivisionError:\n",
        LEASES,
    ),
    Mutant("limit: four reports wait", REPORTS, "MOST_WAITING = 3", "MOST_WAITING = 4", LEASES),
    Mutant(
        "limit: everybody's reports count",
        REPORTS,
        ".filter(requested_by_id=by.pk).order_by",
        ".order_by",
        LIMIT,
    ),
    Mutant(
        "limit: refused what waits already",
        REPORTS,
        "    if file is not None and file.state != ReportFile.State.FAILED:\n        return file, False\n",
        "",
        LIMIT,
    ),
    Mutant(
        "limit: refusals are not logged",
        "diagnostic/views/reports.py",
        '    record_attempt(act="limit.refused", by=request.user, source=source_of(request), limit="reports")\n',
        "",
        LIMIT,
    ),
    Mutant(
        "wake: no other one is left",
        "diagnostic/actions/wakes.py",
        "    if work is None or",
        "    if True or work is None or",
        WAKES,
    ),
    Mutant(
        "wake: left although one is queued for later",
        "diagnostic/actions/wakes.py",
        " or _later(instance, moment).exists()",
        "",
        WAKES,
    ),
    Mutant("wake: one whose time has come counts", "diagnostic/actions/wakes.py", " run_after__gt=moment,", "", WAKES),
    Mutant(
        "wake: left without work",
        "diagnostic/actions/wakes.py",
        '    if found.pop("first") is None:\n        return None\n',
        '    found.pop("first")\n',
        WAKES,
    ),
    Mutant(
        "wake: not at the end of a lease",
        "diagnostic/actions/wakes.py",
        "(moment + PAUSE, *found.values())",
        "(moment + PAUSE,)",
        WAKES,
    ),
    Mutant(
        "clean-up: a row that changed meanwhile",
        "diagnostic/actions/clean_up.py",
        "rows.filter(pk__in=keys)",
        "rows.model._default_manager.filter(pk__in=keys)",
        CLEAN_UP,
    ),
    Mutant(
        "clean-up: a stored file that a report names",
        "diagnostic/actions/clean_up.py",
        'batch.difference(ReportFile.objects.filter(name__in=batch).values_list("name", flat=True))',
        "batch",
        CLEAN_UP,
    ),
    Mutant(
        "clean-up: everything at once",
        "diagnostic/actions/clean_up.py",
        "flat=True)[:BATCH])",
        "flat=True))",
        CLEAN_UP,
    ),
)
