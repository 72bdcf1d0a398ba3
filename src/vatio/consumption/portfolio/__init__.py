"""The accounts of an organisation with what they consume: «Cartera»."""
