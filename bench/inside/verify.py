"""Looks up every save that was acknowledged, and prints as JSON how many the database does not hold.

Standard input has, for each question, what was acknowledged: `[{"assessment", "code", "saves": [[version, text]]}]`.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from diagnostic.models import Response, ResponseRevision


def main() -> None:
    """Print `{"acknowledged": …, "lost": …}`; a save is there if its revision is, and the last one is the answer."""
    questions = json.load(sys.stdin)
    acknowledged = sum(len(item["saves"]) for item in questions)
    print(json.dumps({"acknowledged": acknowledged, "lost": sum(lost(item) for item in questions)}))


def lost(item: dict[str, Any]) -> int:
    """How many of one question's saves are not there."""
    row = Response.objects.get(assessment=item["assessment"], voice="national", question=item["code"])
    kept = ResponseRevision.objects.filter(response=row, was_kept=True)
    texts = {revision.version: revision.content.get("narrative") for revision in kept}
    missing = sum(texts.get(version) != text for version, text in item["saves"])
    if item["saves"]:
        version, text = item["saves"][-1]
        missing += row.version < version or (row.version == version and row.narrative != text)
    return missing


if __name__ == "__main__":
    main()
