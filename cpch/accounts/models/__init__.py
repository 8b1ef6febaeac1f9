"""One noun a file; imported from here."""

from .country import Agency, Country, Region
from .invitation import Invitation
from .limit_count import LimitCount
from .membership import Membership, Role
from .proposal import CoordinatorProposal
from .session import Session
from .user import User

__all__ = [
    "Agency",
    "CoordinatorProposal",
    "Country",
    "Invitation",
    "LimitCount",
    "Membership",
    "Region",
    "Role",
    "Session",
    "User",
]
