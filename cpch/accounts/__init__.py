"""Who a person is and how they get in: users, countries, agencies, memberships, invitations."""
