"""One noun a file; imported from here."""

from .country import Agency, Country, Region
from .invitation import Invitation
from .membership import Membership, Role
from .session import Session
from .user import User

__all__ = ["Agency", "Country", "Invitation", "Membership", "Region", "Role", "Session", "User"]
