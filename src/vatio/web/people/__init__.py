"""The pages of people: signing in, invitations, organisations and colleagues."""
