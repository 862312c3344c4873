"""Importing this sets Django up; what needs models imports it first."""

import django

django.setup()
