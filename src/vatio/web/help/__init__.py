"""The guide for those who use Vatio."""
