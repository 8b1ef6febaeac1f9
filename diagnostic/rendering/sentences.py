"""A result in words, the same on the page and in the report: from its facts to sentences, in the reader's language.

No markup here and no rule of scoring: what is so is in core.result, how it looks in the templates.
"""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction

from django.utils.translation import gettext, ngettext

from diagnostic.core.instrument import Criterion, Instrument
from diagnostic.core.recommendations import Recommendation
from diagnostic.core.result import Result
from diagnostic.core.scoring import ENOUGH, CriterionStanding, Standing, band_start, shown

from .words import (
    AGENCY_WORDS,
    BASIS_WORDS,
    PRESENCE_WORDS,
    STATE_WORDS,
    join_words,
    number_word,
    say_level,
    say_levels,
)

# The verdict


def say_headline(instrument: Instrument, result: Result) -> str:
    """The level in a few words, for a heading."""
    if result.level is None:
        return gettext("The level is not stated yet")
    return gettext("Level %(level)s") % {"level": say_level(instrument, result.level)}


def say_verdict(instrument: Instrument, result: Result) -> str:
    """Where the country stands and why, in one or two sentences."""
    if result.place.index is None:
        return gettext(
            "No scored question has an answer that counts yet, so there is no level and no index: everything from "
            "%(levels)s is possible."
        ) % {"levels": say_levels(instrument, result.range.lowest_level, result.range.highest_level)}
    if result.level is None:
        return f"{say_why_not_stated(instrument, result)} {_say_reach(instrument, result)}"
    level, index = result.level, result.place.index
    if result.place.index_level != level:
        said = [_say_held(instrument, result, level, index)]
    else:
        said = [_say_average(instrument, result, level, index), _say_way_up(instrument, result, level, index)]
    if result.range.is_provisional:
        said.append(
            gettext("Answers that are still open could change the level: it would lie at %(levels)s.")
            % {"levels": say_levels(instrument, result.range.lowest_level, result.range.highest_level)}
        )
    return " ".join(part for part in said if part)


def say_why_not_stated(instrument: Instrument, result: Result) -> str:
    """What is missing before the level of `result` can be stated."""
    known = sum(not standing.is_open for standing in result.standings.values())
    scored = len(result.standings)
    if Fraction(known, scored) < ENOUGH:
        return gettext(
            "Too little is known to state a level: %(known)d of %(scored)d scored questions are settled, and at least "
            "%(needed)d must be."
        ) % {"known": known, "scored": scored, "needed": math.ceil(ENOUGH * scored)}
    working = result.place.working_level or 1
    waiting = [
        item.criterion.question
        for item in result.place.criteria
        if item.state == "open" and item.criterion.level <= working
    ]
    return gettext("The level cannot be stated before %(codes)s is answered, because level %(level)s rests on it.") % {
        "codes": join_words(list(dict.fromkeys(waiting))),
        "level": say_level(instrument, working),
    }


def _say_reach(instrument: Instrument, result: Result) -> str:
    reach = result.range
    if not reach.is_provisional:
        return gettext("Whatever the open answers turn out to be, it would be level %(level)s.") % {
            "level": say_level(instrument, reach.lowest_level)
        }
    return gettext("With the answers that are open it may be anything from %(levels)s.") % {
        "levels": say_levels(instrument, reach.lowest_level, reach.highest_level)
    }


def _say_held(instrument: Instrument, result: Result, level: int, index: Fraction) -> str:
    missing = [_say_shortfall(result, item) for item in unmet_at(result, level + 1)]
    values = {
        "index": shown(index),
        "level": level,
        "name": instrument.level_name(level),
        "count": number_word(len(missing)),
        "missing": "; ".join(missing),
    }
    return (
        ngettext(
            "Practice averages %(index)s; the level is %(level)s, %(name)s, because one foundation is missing: "
            "%(missing)s.",
            "Practice averages %(index)s; the level is %(level)s, %(name)s, because %(count)s foundations are missing: "
            "%(missing)s.",
            len(missing),
        )
        % values
    )


def _say_average(instrument: Instrument, result: Result, level: int, index: Fraction) -> str:
    counted = sum(theme.score is not None for theme in result.place.themes)
    values = {"count": number_word(counted), "index": shown(index), "level": level}
    if counted < len(instrument.themes):
        average = ngettext(
            "The one theme with an answer that counts stands at %(index)s, which lies in level %(level)s",
            "The %(count)s themes with an answer that counts average %(index)s, which lies in level %(level)s",
            counted,
        )
    else:
        average = gettext("The %(count)s themes average %(index)s, which lies in level %(level)s")
    asks = any(item.criterion.level <= level for item in result.place.criteria)
    if not asks:
        return gettext("%(sentence)s.") % {"sentence": average % values}
    return gettext("%(sentence)s, and everything that level %(level)s asks is met.") % {
        "sentence": average % values,
        "level": level,
    }


def _say_way_up(instrument: Instrument, result: Result, level: int, index: Fraction) -> str:
    if level == instrument.continuum[-1].level:
        return ""
    following = level + 1
    steps = [
        _say_must(item.criterion, result.standings[item.criterion.question])
        for item in result.place.criteria
        if item.criterion.level == following and item.state != "met"
    ]
    if index < band_start(following):
        steps.append(gettext("the index must reach %(index)s") % {"index": shown(band_start(following))})
    return gettext("For level %(level)s, %(steps)s.") % {
        "level": say_level(instrument, following),
        "steps": join_words(steps),
    }


def _say_must(criterion: Criterion, standing: Standing) -> str:
    values = {"code": criterion.question, "least": criterion.at_least}
    if standing.is_open:
        return gettext("%(code)s must be answered, at %(least)d or higher") % values
    if is_paper_only(criterion, standing):
        return gettext("what %(code)s states on paper must be practised") % values
    return gettext("%(code)s must be at least %(least)d") % values


def _say_shortfall(result: Result, item: CriterionStanding) -> str:
    criterion, standing = item.criterion, result.standings[item.criterion.question]
    values = {
        "code": criterion.question,
        "level": standing.level,
        "asking": criterion.level,
        "least": criterion.at_least,
    }
    if standing.level is None:
        return gettext("%(code)s has no level that counts, and level %(asking)d asks for at least %(least)d") % values
    if is_paper_only(criterion, standing):
        return gettext("%(code)s is %(level)d on paper only, and level %(asking)d asks that it is practised") % values
    return gettext("%(code)s is %(level)d, and level %(asking)d asks for at least %(least)d") % values


# Criteria


def unmet_at(result: Result, level: int) -> list[CriterionStanding]:
    """The unmet criteria of `level`, in instrument order."""
    return [item for item in result.place.criteria if item.state == "unmet" and item.criterion.level == level]


def is_paper_only(criterion: Criterion, standing: Standing) -> bool:
    """Whether `criterion` fails for its basis alone: the level suffices, but it stands on paper only."""
    return (
        standing.level is not None
        and standing.level >= criterion.at_least
        and criterion.level >= 3
        and standing.basis == "written"
    )


def say_demand(criterion: Criterion) -> str:
    """What a criterion demands, so that a reader can check it."""
    values = {"code": criterion.question, "least": criterion.at_least}
    if criterion.level >= 3:
        return gettext("%(code)s must be at least %(least)d, and not on paper only.") % values
    return gettext("%(code)s must be at least %(least)d.") % values


def say_basis(standing: Standing) -> str:
    """On what an answered level rests; empty where it is not said or nothing is answered."""
    return str(BASIS_WORDS.get(standing.basis, "")) if standing.state == "answered" else ""


def say_standing(instrument: Instrument, standing: Standing) -> str:
    """How one scored question stands now, in a few words."""
    if standing.state == "answered" and standing.level is not None:
        basis = say_basis(standing)
        level = say_level(instrument, standing.level)
        return gettext("%(level)s, %(basis)s") % {"level": level, "basis": basis} if basis else level
    return str(STATE_WORDS[standing.state])


# Figures


def say_index(result: Result) -> str:
    """The index as it is shown; "none" without one."""
    return gettext("none") if result.place.index is None else shown(result.place.index)


def say_range(instrument: Instrument, result: Result) -> str:
    """What the open answers leave possible: index and level, or that nothing is open."""
    reach = result.range
    opened = sum(standing.is_open for standing in result.standings.values())
    if not opened:
        return gettext("none: no answer is open")
    return ngettext(
        "index %(low)s to %(high)s, level %(levels)s, while one scored answer is open",
        "index %(low)s to %(high)s, level %(levels)s, while %(count)d scored answers are open",
        opened,
    ) % {
        "low": shown(reach.index_low),
        "high": shown(reach.index_high),
        "levels": say_levels(instrument, reach.lowest_level, reach.highest_level),
        "count": opened,
    }


def say_coverage(result: Result, hidden: frozenset[str] = frozenset()) -> str:
    """How the scored questions count; names the codes of what is not applicable, but for the `hidden` ones."""
    coverage = Counter(standing.state for code, standing in result.standings.items() if code not in hidden)
    labels = {
        "answered": gettext("%(count)d answered"),
        "implied": gettext("%(count)d not asked and counted as level 1"),
        "not_applicable": gettext("%(count)d not applicable"),
        "unknown": gettext("%(count)d cannot be answered now"),
        "blank": gettext("%(count)d blank"),
    }
    parts = []
    for state, label in labels.items():
        count = coverage[state]
        if not count:
            continue
        codes = [code for code, standing in result.standings.items() if standing.state == state and code not in hidden]
        named = f" ({', '.join(codes)})" if codes and state != "answered" else ""
        parts.append(f"{label % {'count': count}}{named}")
    return gettext("%(scored)d scored questions: %(parts)s") % {
        "scored": coverage.total(),
        "parts": gettext(", ").join(parts),
    }


def say_self_rating(instrument: Instrument, result: Result) -> str:
    """The self-rating beside the level that was found; what is missing where it cannot be compared."""
    rating = result.self_rating
    if rating is None:
        return gettext("not given (A.18)")
    values = {"level": say_level(instrument, rating.level)}
    if rating.difference is None:
        return gettext("%(level)s (A.18); compared once the level is stated") % values
    if rating.difference == 0:
        return gettext("%(level)s, the same as the level found (A.18)") % values
    values["count"] = number_word(abs(rating.difference))
    if rating.difference > 0:
        words = ngettext(
            "%(level)s, one level above the level found (A.18)",
            "%(level)s, %(count)s levels above the level found (A.18)",
            rating.difference,
        )
    else:
        words = ngettext(
            "%(level)s, one level below the level found (A.18)",
            "%(level)s, %(count)s levels below the level found (A.18)",
            -rating.difference,
        )
    return words % values


# Recommendations


def say_gain(item: Recommendation) -> str:
    """What a recommendation brings, in one phrase."""
    if not item.is_gain_told:
        return gettext("not told in this edition")
    if item.gain:
        return gettext("+%(gain)s in the theme") % {"gain": shown(item.gain)}
    if item.tier == "blocking" or item.kind == "next_step":
        return gettext("meets a criterion")
    return gettext("no score; mends a weakness")


def say_tier(item: Recommendation, result: Result) -> str:
    """Why a recommendation stands where it does in the order."""
    if item.tier == "blocking":
        return gettext("Blocks level %(level)d") % {"level": (result.place.working_level or 0) + 1}
    if item.tier == "weakness":
        return gettext("Mends a weakness")
    return gettext("Next step")


def say_source(instrument: Instrument, item: Recommendation) -> str:
    """Whose words a recommendation is in and which section of the handbook it rests on."""
    if item.kind == "handbook":
        return gettext("Handbook, section X (%(code)s)") % {"code": item.question}
    if item.kind == "guidance" and item.question:
        guidance = instrument.guidance_by_question[item.question]
        return gettext("Guidance of this tool for %(code)s, built on handbook %(sections)s") % {
            "code": item.question,
            "sections": guidance.handbook,
        }
    return say_step_source(instrument, item.theme, item.to_level or 0)


def say_step_source(instrument: Instrument, theme: str, to_level: int) -> str:
    """The same of the next step of `theme` to `to_level`."""
    step = instrument.step_by_target[theme, to_level]
    return gettext("Next step to level %(level)s. Guidance of this tool, built on handbook %(sections)s") % {
        "level": say_level(instrument, to_level),
        "sections": step.handbook,
    }


def say_agencies(agencies: dict[str, str] | None) -> str:
    """The state of a weakness in each agency whose authority is known; empty where none is."""
    if not agencies:
        return ""
    return " ".join(
        gettext("%(agency)s: %(state)s.") % {"agency": AGENCY_WORDS[agency], "state": PRESENCE_WORDS[state]}
        for agency, state in agencies.items()
    )
