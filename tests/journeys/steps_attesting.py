"""How coordinators turn the two keys at the foot of the check, and hand the assessment in."""

from __future__ import annotations

from playwright.sync_api import expect

from .steps_browsing import Visitor

NAME, FUNCTION, REFERENCE = "Ada Example", "Head of Crime Investigation", "Minutes POL/2026/112"


def attest(coordinator: Visitor, agency: str) -> None:
    """Sign for one's own agency."""
    page, key = coordinator.page, coordinator.page.locator(f"#key-{agency}")
    key.get_by_label("I have read these answers, and I attest them").check()
    coordinator.go(key.get_by_role("button", name="Attest for"))
    expect(page.get_by_role("status").filter(has_text="The attestation is recorded.")).to_be_visible()
    expect(key).to_contain_text(coordinator.user.full_name)


def record_agreement(coordinator: Visitor, agency: str) -> None:
    """Say who agreed for the agency that has no coordinator."""
    key = coordinator.page.locator(f"#key-{agency}")
    key.get_by_label("Name").fill(NAME)
    key.get_by_label("Function").fill(FUNCTION)
    key.get_by_label("Date of the agreement").fill("2026-03-14")
    key.get_by_label("Reference of the agreement").fill(REFERENCE)
    key.get_by_label("This person has read these answers").check()
    coordinator.go(key.get_by_role("button", name="Record the agreement"))
    expect(key).to_contain_text(
        f"{NAME}, {FUNCTION}, agreed on 14 March 2026, without an account ({REFERENCE}); recorded by"
    )


def hand_in(coordinator: Visitor) -> None:
    """Both keys are turned: submit."""
    coordinator.go(coordinator.page.get_by_role("button", name="Submit the assessment"))
