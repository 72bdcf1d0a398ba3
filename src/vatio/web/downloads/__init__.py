"""«Exportaciones»: the files that a person asked for, their progress, and fetching them."""
