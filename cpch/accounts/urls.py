"""The addresses about people and access. Of django-allauth only the pages in sign_in.py exist; the rest is 404."""

from django.urls import include, path

from cpch.lazy_views import LazyViews

from . import sign_in

views = LazyViews("cpch.accounts").views

urlpatterns = [
    path("accounts/", include(sign_in.urlpatterns)),
    path("account/", views.account, name="account"),
    path("people/", views.people, name="people"),
    path("people/invite/", views.invite, name="invitation-create"),
    path("people/invitations/<int:pk>/withdraw/", views.withdraw_invitation, name="invitation-withdraw"),
    path("people/invitations/<int:pk>/resend/", views.resend_invitation, name="invitation-resend"),
    path("people/<int:pk>/deactivate/", views.deactivate, name="person-deactivate"),
    path("people/<int:pk>/reactivate/", views.reactivate, name="person-reactivate"),
    path("invitations/<str:token>/", views.accept_invitation, name="invitation-accept"),
]
