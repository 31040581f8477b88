"""What the records keep: subjects, the ledger and its seals, requirements, where people stand, and what leaves."""

from sucharit.records.models.access import AccessEntry, Certificate, CertificatePlace
from sucharit.records.models.drafts import Overlap, RuleDraft, RuleImpact
from sucharit.records.models.ledger import AwardEvent, Decision
from sucharit.records.models.proposals import Attachment, ImportRow, Proposal
from sucharit.records.models.requirements import Requirement, RequirementPeriod, RuleVersion
from sucharit.records.models.seals import LedgerEntry, LedgerHead, Seal, SigningKey, WaitingEntry
from sucharit.records.models.standing import (
    Application,
    Coverage,
    LearningStart,
    Projection,
    Restatement,
    Standing,
    Touched,
)
from sucharit.records.models.subjects import Edition, Subject

__all__ = [
    "AccessEntry",
    "Application",
    "Attachment",
    "AwardEvent",
    "Certificate",
    "CertificatePlace",
    "Coverage",
    "Decision",
    "Edition",
    "ImportRow",
    "LearningStart",
    "LedgerEntry",
    "LedgerHead",
    "Overlap",
    "Projection",
    "Proposal",
    "Requirement",
    "RequirementPeriod",
    "Restatement",
    "RuleDraft",
    "RuleImpact",
    "RuleVersion",
    "Seal",
    "SigningKey",
    "Standing",
    "Subject",
    "Touched",
    "WaitingEntry",
]
