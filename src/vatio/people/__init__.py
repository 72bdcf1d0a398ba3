"""How people get in: one-time links, invitations, and the first person of all."""
