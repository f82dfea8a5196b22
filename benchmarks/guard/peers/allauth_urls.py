"""The pages of django-allauth, and where it goes after a sign-in."""

from django.http import HttpResponse
from django.urls import include, path

urlpatterns = [path("accounts/", include("allauth.urls")), path("", lambda _request: HttpResponse("signed in"))]
