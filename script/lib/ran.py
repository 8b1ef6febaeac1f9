"""Reads a test report and fails unless all parts ran: that database, a browser, nothing skipped."""

import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter


def faults(report: str, database: str) -> list[str]:
    """Return what is wrong with the report, one line each; none means that all parts ran."""
    cases = list(ElementTree.parse(report).iter("testcase"))  # noqa: S314 - our own tests wrote it
    properties = Counter((entry.get("name"), entry.get("value")) for case in cases for entry in case.iter("property"))
    databases = {value for name, value in properties if name == "database"}
    found = []
    if databases != {database}:
        found.append(f"the suite ran on {', '.join(sorted(databases)) or 'no database'}, not on {database}")
    if not any(name == "browser" for name, _ in properties):
        found.append("no test drove a browser")
    found += [f"{case.get('name')} was skipped" for case in cases if case.find("skipped") is not None]
    return found


if __name__ == "__main__":
    found = faults(*sys.argv[1:])
    for fault in found:
        print(f"{sys.argv[1]}: {fault}", file=sys.stderr)
    sys.exit(bool(found))
