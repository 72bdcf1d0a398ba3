"""The inventory of an account as one workbook: written, read, planned, carried out."""
