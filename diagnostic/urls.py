"""Every address of the diagnostic."""

from django.urls import path

from diagnostic.views import answers, assessments, compare, declaring, home, reports, results, reviews, submissions
from diagnostic.views import help as help_pages

urlpatterns = [
    path("", home.home, name="home"),
    path("help/", help_pages.help_page, name="help"),
    path("resources/", help_pages.resources, name="resources"),
    path("assessments/", assessments.index, name="assessment-list"),
    path("assessments/start/", assessments.start, name="assessment-start"),
    path("assessments/<uuid:pk>/", assessments.detail, name="assessment-detail"),
    path("assessments/<uuid:pk>/settings/", assessments.settings, name="assessment-settings"),
    path("assessments/<uuid:pk>/missing/", assessments.missing, name="assessment-missing"),
    path("assessments/<uuid:pk>/check/", assessments.check, name="assessment-check"),
    path("assessments/<uuid:pk>/submit/", assessments.submit, name="assessment-submit"),
    path("assessments/<uuid:pk>/withdraw/", assessments.withdraw, name="assessment-withdraw"),
    path("assessments/<uuid:pk>/export/", assessments.export, name="assessment-export"),
    path("assessments/<uuid:pk>/log/", assessments.log, name="assessment-log"),
    path("assessments/<uuid:pk>/result/", results.result, name="result"),
    path("assessments/<uuid:pk>/what-if/", results.what_if, name="what-if"),
    path("assessments/<uuid:pk>/report/", reports.assessment_report, name="assessment-report"),
    path("assessments/<uuid:pk>/report/report.pdf", reports.assessment_report_file, name="assessment-report-file"),
    path("assessments/<uuid:pk>/declare/", declaring.declare, name="assessment-declare"),
    path("assessments/<uuid:pk>/open-comparison/", declaring.open_comparison, name="assessment-open-comparison"),
    path("assessments/<uuid:pk>/compare/", compare.compare, name="compare"),
    path("assessments/<uuid:pk>/compare/take-over/", compare.take_over, name="compare-take-over"),
    path("assessments/<uuid:pk>/compare/meeting/", compare.meeting, name="compare-meeting"),
    path("assessments/<uuid:pk>/compare/<str:code>/", compare.agree, name="compare-agree"),
    path("assessments/<uuid:pk>/compare/<str:code>/discuss/", compare.discuss, name="compare-discuss"),
    path("assessments/<uuid:pk>/<str:voice>/questions/<str:code>/", answers.save, name="response-save"),
    path("assessments/<uuid:pk>/<str:voice>/<slug:theme>/", answers.theme, name="theme"),
    path("submissions/<uuid:pk>/", submissions.receipt, name="submission-detail"),
    path("submissions/<uuid:pk>/snapshot.json", submissions.snapshot, name="submission-snapshot"),
    path("submissions/<uuid:pk>/report/", reports.submission_report, name="submission-report"),
    path("submissions/<uuid:pk>/report/report.pdf", reports.submission_report_file, name="submission-report-file"),
    path("review/", reviews.queue, name="review-queue"),
    path("review/<uuid:pk>/", reviews.detail, name="review-detail"),
    path("review/<uuid:pk>/take-up/", reviews.take_up, name="review-take-up"),
    path("review/<uuid:pk>/return/", reviews.return_, name="review-return"),
    path("review/<uuid:pk>/accept/", reviews.accept, name="review-accept"),
    path("review/<uuid:pk>/<str:code>/", reviews.question, name="review-question"),
    path("review/<uuid:pk>/<str:code>/ask/", reviews.ask, name="review-ask"),
]
