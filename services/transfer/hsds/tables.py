"""The tables of tabular HSDS 3.0: file names, columns in order, and which are required. Pure.

Names as in the specification's data package (Open Referral, HSDS 3.0); written here in our own form.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """One CSV file. `columns` in the order in which they are written; `required` are never empty in a valid row."""

    name: str
    file: str
    columns: tuple[str, ...]
    required: tuple[str, ...]


def _table(name: str, file: str, columns: str, required: str = "id") -> Table:
    return Table(name, file, tuple(columns.split()), tuple(required.split()))


TABLES = (
    _table(
        "organization",
        "organizations.csv",
        "id name alternate_name description email website",
        "id name description",
    ),
    _table(
        "service",
        "services.csv",
        "id organization_id name alternate_name description url email status application_process fees_description "
        "eligibility_description minimum_age maximum_age assured_date last_modified",
        "id organization_id name status",
    ),
    _table(
        "location",
        "locations.csv",
        "id location_type name transportation latitude longitude",
        "id location_type",
    ),
    _table(
        "service_at_location",
        "service_at_location.csv",
        "id service_id location_id description",
        "id service_id location_id",
    ),
    _table(
        "address",
        "addresses.csv",
        "id location_id address_1 city state_province postal_code country address_type",
        "id address_type",
    ),
    _table(
        "phone",
        "phones.csv",
        "id service_id organization_id contact_id service_at_location_id number type description",
        "id number",
    ),
    _table("contact", "contacts.csv", "id organization_id service_id name title email"),
    _table(
        "schedule",
        "schedules.csv",
        "id service_id service_at_location_id valid_from valid_to dtstart until freq interval byday bymonthday "
        "opens_at closes_at notes",
    ),
    _table("service_area", "service_areas.csv", "id service_id name extent extent_type"),
    _table("required_document", "required_documents.csv", "id service_id document"),
    _table("language", "languages.csv", "id service_id name code"),
    _table("accessibility", "accessibility.csv", "id location_id description details"),
    _table(
        "cost_option",
        "cost_options.csv",
        "id service_id option currency amount amount_description",
        "id service_id",
    ),
    _table(
        "organization_identifier",
        "organization_identifiers.csv",
        "id organization_id identifier_scheme identifier_type identifier",
        "id organization_id identifier_type identifier",
    ),
    _table(
        "attribute",
        "attributes.csv",
        "id link_id taxonomy_term_id link_type link_entity value",
        "id link_id taxonomy_term_id link_entity",
    ),
    _table(
        "taxonomy_term",
        "taxonomy_terms.csv",
        "id code name description taxonomy",
        "id name description",
    ),
    _table("meta_table_description", "meta_table_descriptions.csv", "id name language character_set"),
)
BY_NAME = {table.name: table for table in TABLES}

# Lists inside a nested entity: key → table; and the key under which a child names its parent.
CHILDREN = {
    "phones": "phone",
    "schedules": "schedule",
    "contacts": "contact",
    "languages": "language",
    "cost_options": "cost_option",
    "required_documents": "required_document",
    "service_areas": "service_area",
    "service_at_locations": "service_at_location",
    "addresses": "address",
    "accessibility": "accessibility",
    "organization_identifiers": "organization_identifier",
    "attributes": "attribute",
}
