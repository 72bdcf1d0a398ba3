"""The pages: each fetches what its reader may see, calls one rule, and answers."""
