"""The figures that Vatio claims, each measured by one file."""
