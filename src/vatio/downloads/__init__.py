"""Files that the worker writes for a person, who fetches them within a day."""
