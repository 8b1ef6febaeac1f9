"""The addresses of the bare application."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.home),
    path("pages/<int:pk>/", views.page),
    path("texts/<int:pk>/", views.save),
]
