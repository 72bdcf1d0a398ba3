"""A simulated utility meter on loopback, with faults on demand, for trying the calls to meters."""
