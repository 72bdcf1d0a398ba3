"""What every page stands on: who may open it, its frame, its fields, its words."""
