"""Who did what to what, and when: added to, never changed."""
