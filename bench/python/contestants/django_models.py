"""Django's models, in an application of its own. To be imported when its settings are made."""

from __future__ import annotations

from typing import Any

from django.db import models


class Narrow(models.Model):
    id = models.AutoField(primary_key=True)
    name = models.TextField()
    created = models.DateTimeField()
    team = models.IntegerField(db_index=True)
    score = models.FloatField()

    class Meta:
        app_label = "bench"
        db_table = "narrow"


class Wide(models.Model):
    id = models.AutoField(primary_key=True)
    team = models.IntegerField(db_index=True)
    code = models.TextField()
    title = models.TextField()
    note = models.TextField(null=True)
    quantity = models.IntegerField()
    reserve = models.IntegerField(null=True)
    price = models.DecimalField(max_digits=12, decimal_places=2)
    discount = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    weight = models.FloatField()
    height = models.FloatField(null=True)
    active = models.BooleanField()
    checked = models.BooleanField(null=True)
    token = models.UUIDField()
    parent = models.UUIDField(null=True)
    created = models.DateTimeField()
    updated = models.DateTimeField(null=True)
    due = models.DateField()
    details: Any = models.JSONField()
    labels: Any = models.JSONField(null=True)

    class Meta:
        app_label = "bench"
        db_table = "wide"


class Entry(models.Model):
    id = models.AutoField(primary_key=True)
    name = models.TextField()
    created = models.DateTimeField()
    team = models.IntegerField(db_index=True)
    score = models.FloatField()

    class Meta:
        app_label = "bench"
        db_table = "entry"


class Author(models.Model):
    id = models.AutoField(primary_key=True)
    name = models.TextField()
    joined = models.DateTimeField()
    rating = models.FloatField()

    class Meta:
        app_label = "bench"
        db_table = "author"


class Post(models.Model):
    id = models.AutoField(primary_key=True)
    title = models.TextField()
    created = models.DateTimeField()
    views = models.IntegerField()
    author = models.ForeignKey(Author, on_delete=models.CASCADE, related_name="posts")

    class Meta:
        app_label = "bench"
        db_table = "post"


ALL = (Narrow, Wide, Entry, Author, Post)
