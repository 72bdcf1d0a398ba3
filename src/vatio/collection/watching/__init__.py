"""What pages tell of lines: how each stands, which of its days are whole, the nights of modems."""
