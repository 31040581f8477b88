"""What the records keep: subjects, the ledger and its seals, requirements, where people stand, and what leaves."""

from sucharit.records.models.access import AccessEntry, Certificate
from sucharit.records.models.ledger import AwardEvent, Decision
from sucharit.records.models.requirements import Requirement, RequirementPeriod
from sucharit.records.models.seals import LedgerEntry, LedgerHead, Seal, SigningKey, WaitingEntry
from sucharit.records.models.standing import Coverage, LearningStart, Standing
from sucharit.records.models.subjects import Edition, Subject

__all__ = [
    "AccessEntry",
    "AwardEvent",
    "Certificate",
    "Coverage",
    "Decision",
    "Edition",
    "LearningStart",
    "LedgerEntry",
    "LedgerHead",
    "Requirement",
    "RequirementPeriod",
    "Seal",
    "SigningKey",
    "Standing",
    "Subject",
    "WaitingEntry",
]
