import pytest
from django.urls import reverse
from tests import factories
from tests.journeys.steps_browsing import visit

pytestmark = pytest.mark.django_db(transaction=True)


def shot(v, path, name):
    for w in (1280, 390):
        v.page.set_viewport_size({"width": w, "height": 900})
        v.page.goto(path)
        v.page.screenshot(path=f"/tmp/gshots/{name}-{w}.png", full_page=True)
    v._kinds.clear()
    v.look(name)


def test_shots(new_page):
    people = factories.make_people()
    factories.make_user()
    a = factories.start_assessment(people.coordinator, mode="separate", period="2026")
    ans = factories.example_answers("two-voices", "customs")
    for c in ("A.14.2", "A.19", "A.18"):
        ans.pop(c, None)
    factories.fill(a, people.respondent, ans, voice="customs")
    factories.save_answer(
        a, people.respondent, "A.12", voice="customs", status="unknown", reason="The laboratory has not replied."
    )
    factories.save_answer(a, people.police_respondent, "A.1", voice="police", level=2)
    c = visit(new_page, people.coordinator)
    c.sign_in()
    of = {"pk": a.pk}
    dec, ope, det = (
        reverse(n, kwargs=of) for n in ("assessment-declare", "assessment-open-comparison", "assessment-detail")
    )
    shot(c, dec, "declare")
    shot(c, ope, "open")
    shot(c, det, "overview")
    p = visit(new_page, people.police_coordinator)
    p.sign_in()
    c.page.goto(dec)
    c.page.get_by_role("button", name="Declare complete").click()
    c.page.wait_for_load_state()
    c.page.screenshot(path="/tmp/gshots/declare-error.png", full_page=True)
    c.page.get_by_role("checkbox").check()
    c.go(c.page.get_by_role("button", name="Declare complete"))
    shot(c, dec, "declared")
    shot(c, det, "overview-declared")
    shot(c, reverse("theme", kwargs={**of, "voice": "customs", "theme": "framework"}), "theme-declared")
    c.page.goto(ope)
    c.page.get_by_label("Reason").fill("The minister meets on Monday.")
    c.go(c.page.get_by_role("button", name="Ask to open it early"))
    shot(c, ope, "asked")
    p.page.goto(ope)
    p.page.get_by_label("Reason").fill("The year ends.")
    p.go(p.page.get_by_role("button", name="Ask to open it early"))
    shot(p, det, "overview-opened")
    shot(p, reverse("compare", kwargs=of), "compare")
    shot(p, reverse("assessment-log", kwargs=of), "log")
    factories.empty_agency(people)
    j = factories.start_assessment(people.coordinator, period="2027")
    ans = factories.example_answers()
    ans.pop("A.8")
    ans.pop("A.13")
    factories.fill(j, people.coordinator, ans)
    chk = reverse("assessment-check", kwargs={"pk": j.pk})
    shot(c, chk, "check-record")
    factories.sign_both(j, people.coordinator)
    shot(c, chk, "check-recorded")
    from diagnostic.actions import submissions

    s = submissions.submit(assessment=j, by=people.coordinator)
    shot(c, reverse("submission-detail", kwargs={"pk": s.pk}), "receipt")
    print(c.faults, p.faults)
    assert c.faults + p.faults == []
