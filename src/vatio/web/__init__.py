"""The pages: each fetches what the person may see, calls one rule, and responds."""
