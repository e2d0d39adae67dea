"""The catalogue, HSDS-shaped, and what its teams need to keep it true: one file a noun."""

from .agent_report import AgentReport
from .care import ListingCare, ListingLanguage
from .change import Change, LogReader
from .duplicates import DuplicatePair, MatchKey
from .handover import Handover
from .imports import ImportRow, ImportRun
from .location import Location
from .merge import Merge
from .organization import Organization
from .parts import Contact, ExternalIdentifier, Notice, Phone, Schedule
from .review import TeamReviewTask
from .service import CostOption, RequiredDocument, Service, ServiceArea, ServiceAtLocation, ServiceAudience
from .suggestion import RecentSubmission, Suggestion, SuggestionSender
from .taxonomy import TaxonomyTerm
from .template import ServiceTemplate
from .term_merge import TermMerge, TermUse
from .translation_file import TranslationFile
from .use import ListingUse
from .verification import Verification, VerificationRequest, VerificationRhythm

__all__ = [
    "AgentReport",
    "Change",
    "Contact",
    "CostOption",
    "DuplicatePair",
    "ExternalIdentifier",
    "Handover",
    "ImportRow",
    "ImportRun",
    "ListingCare",
    "ListingLanguage",
    "ListingUse",
    "Location",
    "LogReader",
    "MatchKey",
    "Merge",
    "Notice",
    "Organization",
    "Phone",
    "RecentSubmission",
    "RequiredDocument",
    "Schedule",
    "Service",
    "ServiceArea",
    "ServiceAtLocation",
    "ServiceAudience",
    "ServiceTemplate",
    "Suggestion",
    "SuggestionSender",
    "TaxonomyTerm",
    "TeamReviewTask",
    "TermMerge",
    "TermUse",
    "TranslationFile",
    "Verification",
    "VerificationRequest",
    "VerificationRhythm",
]
