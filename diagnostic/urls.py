"""Every address of the diagnostic."""

from importlib import import_module, util

from django.http import Http404
from django.urls import path

ROUTES = [
    ("", "home", "home", "home"),
    ("help/", "help", "help", "help_page"),
    ("resources/", "resources", "help", "resources"),
    ("assessments/", "assessment-list", "assessments", "index"),
    ("assessments/start/", "assessment-start", "assessments", "start"),
    ("assessments/<uuid:pk>/", "assessment-detail", "assessments", "detail"),
    ("assessments/<uuid:pk>/settings/", "assessment-settings", "assessments", "settings"),
    ("assessments/<uuid:pk>/missing/", "assessment-missing", "assessments", "missing"),
    ("assessments/<uuid:pk>/check/", "assessment-check", "assessments", "check"),
    ("assessments/<uuid:pk>/submit/", "assessment-submit", "assessments", "submit"),
    ("assessments/<uuid:pk>/withdraw/", "assessment-withdraw", "assessments", "withdraw"),
    ("assessments/<uuid:pk>/export/", "assessment-export", "assessments", "export"),
    ("assessments/<uuid:pk>/log/", "assessment-log", "assessments", "log"),
    ("assessments/<uuid:pk>/result/", "result", "results", "result"),
    ("assessments/<uuid:pk>/what-if/", "what-if", "results", "what_if"),
    ("assessments/<uuid:pk>/report/", "assessment-report", "reports", "assessment_report"),
    ("assessments/<uuid:pk>/report/report.pdf", "assessment-report-file", "reports", "assessment_report_file"),
    ("assessments/<uuid:pk>/<str:voice>/questions/<str:code>/", "response-save", "answers", "save"),
    ("assessments/<uuid:pk>/<str:voice>/<slug:theme>/", "theme", "answers", "theme"),
    ("submissions/<uuid:pk>/", "submission-detail", "submissions", "receipt"),
    ("submissions/<uuid:pk>/snapshot.json", "submission-snapshot", "submissions", "snapshot"),
    ("submissions/<uuid:pk>/report/", "submission-report", "reports", "submission_report"),
    ("submissions/<uuid:pk>/report/report.pdf", "submission-report-file", "reports", "submission_report_file"),
    ("review/", "review-queue", "reviews", "queue"),
    ("review/<uuid:pk>/", "review-detail", "reviews", "detail"),
    ("review/<uuid:pk>/take-up/", "review-take-up", "reviews", "take_up"),
    ("review/<uuid:pk>/return/", "review-return", "reviews", "return_"),
    ("review/<uuid:pk>/accept/", "review-accept", "reviews", "accept"),
    ("review/<uuid:pk>/<str:code>/", "review-question", "reviews", "question"),
    ("review/<uuid:pk>/<str:code>/ask/", "review-ask", "reviews", "ask"),
]


def _later(request, **kwargs):
    raise Http404


def _view(module, name):
    dotted = f"diagnostic.views.{module}"
    if util.find_spec(dotted) is None:
        return _later
    return getattr(import_module(dotted), name, _later)


urlpatterns = [path(route, _view(module, view), name=name) for route, name, module, view in ROUTES]
