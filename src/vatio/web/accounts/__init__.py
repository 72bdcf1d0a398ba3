"""The pages of accounts: the list, an account, configuring, adjusting and deleting it."""
