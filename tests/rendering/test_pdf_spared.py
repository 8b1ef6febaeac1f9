"""What the process that makes a PDF leaves unloaded, and that it is there all the same where it is needed."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SPARE = """
import sys
from diagnostic.rendering.pdf.spared import spare
spare()
import diagnostic.rendering.pdf.document
from weasyprint.pdf import fonts
from fontTools.ttLib import TTFont
"""


def said(program: str) -> list[str]:
    """What a process of its own prints, once it is ready to make a PDF, a line each."""
    run = subprocess.run([sys.executable, "-c", SPARE + program], cwd=ROOT, capture_output=True, check=False, text=True)
    assert run.returncode == 0, run.stderr
    return run.stdout.splitlines()


def test_what_no_report_needs_is_not_loaded() -> None:
    parts = ("lxml.etree", "fontTools.otlLib", "fontTools.varLib.models", "fontTools.cffLib.specializer")
    assert said(f"print([name for name in {parts} if name in sys.modules])") == ["[]"]


def test_a_font_that_harfbuzz_cannot_cut_is_cut_by_fonttools() -> None:
    assert said("print(fonts.subset.Options().hinting, fonts.subset.Subsetter.__module__)") == ["True fontTools.subset"]


def test_a_variable_font_is_made_one_of_its_kind_by_fonttools() -> None:
    program = """
try:
    fonts.instantiateVariableFont(TTFont(), {"wght": 400})
except Exception as error:
    print(type(error).__name__, sys.modules["fontTools.varLib.instancer"].__file__ is not None)
print(fonts.subset.Options().hinting)
"""
    assert said(program) == ["ValueError True", "True"]
