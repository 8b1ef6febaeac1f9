"""The addresses about people and access. Of django-allauth only the pages in sign_in.py exist; the rest is 404."""

from django.urls import include, path

from cpch.lazy_views import LazyViews

from . import sign_in

views = LazyViews("cpch.accounts").views
proposals = LazyViews("cpch.accounts").proposal_views
security = LazyViews("cpch.accounts").security_views
proving = LazyViews("cpch.accounts").proving

urlpatterns = [
    path("accounts/", include(sign_in.urlpatterns)),
    path("account/", views.account, name="account"),
    path("account/security/", security.security, name="security"),
    path("account/security/app/", security.add_app, name="security-app"),
    path("account/security/app/remove/", security.remove_app, name="security-app-remove"),
    path("account/security/codes/", security.codes, name="security-codes"),
    path("account/security/codes/download/", security.codes_file, name="security-codes-file"),
    path("account/security/codes/new/", security.new_codes, name="security-codes-new"),
    path("account/security/keys/add/", security.add_key, name="security-key-add"),
    path("account/security/keys/begin/", security.begin_key, name="security-key-begin"),
    path("account/security/keys/<id:pk>/", security.key, name="security-key"),
    path("account/security/keys/<id:pk>/remove/", security.remove_key, name="security-key-remove"),
    path("account/security/prove/", proving.prove, name="security-prove"),
    path("account/security/prove/key/", proving.prove_key, name="security-prove-key"),
    path("people/", views.people, name="people"),
    path("people/invite/", views.invite, name="invitation-create"),
    path("people/invitations/<id:pk>/withdraw/", views.withdraw_invitation, name="invitation-withdraw"),
    path("people/invitations/<id:pk>/resend/", views.resend_invitation, name="invitation-resend"),
    path("people/coordinators/propose/", proposals.create, name="proposal-create"),
    path("people/coordinators/<id:pk>/", proposals.detail, name="proposal-detail"),
    path("people/coordinators/<id:pk>/invite/", proposals.approve, name="proposal-approve"),
    path("people/coordinators/<id:pk>/decline/", proposals.decline, name="proposal-decline"),
    path("people/coordinators/<id:pk>/take-back/", proposals.take_back, name="proposal-take-back"),
    path("people/<id:pk>/second-factor/", views.take_off_second_factor, name="person-second-factor"),
    path("people/<id:pk>/reactivate/", views.reactivate, name="person-reactivate"),
    path("invitations/<str:token>/", views.accept_invitation, name="invitation-accept"),
]
