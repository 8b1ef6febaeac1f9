"""One noun a file; imported from here."""

from .country import Agency, Country, Region
from .invitation import Invitation
from .membership import Membership, Role
from .proposal import CoordinatorProposal
from .session import Session
from .user import User

__all__ = ["Agency", "CoordinatorProposal", "Country", "Invitation", "Membership", "Region", "Role", "Session", "User"]
