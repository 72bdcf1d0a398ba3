"""The end of an account: its export, and its deletion for ever, asked for by a person."""
