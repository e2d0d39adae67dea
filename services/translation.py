"""Which catalogue texts exist once a language; one column each, fr nl en de (settings.LANGUAGES)."""

from modeltranslation.translator import TranslationOptions, register

from .models import (
    Contact,
    CostOption,
    Location,
    Notice,
    Organization,
    Phone,
    RequiredDocument,
    Schedule,
    Service,
    ServiceAtLocation,
    TaxonomyTerm,
)


@register(TaxonomyTerm)
class TaxonomyTermTexts(TranslationOptions):
    fields = ("name", "description")


@register(Organization)
class OrganizationTexts(TranslationOptions):
    fields = ("name", "alternate_name", "description")


@register(Location)
class LocationTexts(TranslationOptions):
    fields = ("name", "street", "transportation")


@register(Service)
class ServiceTexts(TranslationOptions):
    fields = (
        "name",
        "alternate_name",
        "summary",
        "description",
        "eligibility_description",
        "application_process",
        "fees_description",
    )


@register(ServiceAtLocation)
class ServiceAtLocationTexts(TranslationOptions):
    fields = ("description",)


@register(Phone)
class PhoneTexts(TranslationOptions):
    fields = ("description",)


@register(Contact)
class ContactTexts(TranslationOptions):
    fields = ("title",)


@register(Schedule)
class ScheduleTexts(TranslationOptions):
    fields = ("notes",)


@register(Notice)
class NoticeTexts(TranslationOptions):
    fields = ("text",)


@register(CostOption)
class CostOptionTexts(TranslationOptions):
    fields = ("amount_description",)


@register(RequiredDocument)
class RequiredDocumentTexts(TranslationOptions):
    fields = ("document",)
