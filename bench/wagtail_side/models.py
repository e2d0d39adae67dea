"""One row a listing, with what Wagtail's database search can index of it."""

from django.db import models
from wagtail.search import index


class IndexedListing(index.Indexed, models.Model):
    title = models.TextField()
    body = models.TextField()
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)

    search_fields = [
        index.SearchField("title", boost=3),
        index.SearchField("body"),
        index.AutocompleteField("title"),
        index.FilterField("lat"),
        index.FilterField("lon"),
    ]

    class Meta:
        app_label = "wagtail_side"
        managed = False  # its table is made by bench.wagtail_side.measure, for one run

    def __str__(self) -> str:
        return self.title
