"""Why sealing stops. Recording goes on: rows wait until an operator has put right what is said here."""

from sucharit.kernel.errors import Refused


class SealingStopped(Refused):
    """Nothing was sealed."""


class KeyMissing(SealingStopped):
    """The private key whose turn it is cannot be read on this machine."""


class LedgerRewritten(SealingStopped):
    """The end of the ledger is not what this system sealed last."""


class CheckpointsDiffer(SealingStopped):
    """The checkpoints outside the database say something else than its seals."""
