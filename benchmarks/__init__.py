"""The figures that Vatio claims, each measured by a module of its own."""
