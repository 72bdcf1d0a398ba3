"""What accounts use of what they hold: counted, and refused beyond it."""
