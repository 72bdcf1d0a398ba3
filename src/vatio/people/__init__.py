"""How people come in: links that work once, roles, and the first person of all."""
