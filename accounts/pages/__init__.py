"""The pages of accounts: keys, projects, preferences."""
