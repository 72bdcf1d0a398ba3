"""How bytes reach a meter: where may be called, over IP, by a modem, and by which modem."""
