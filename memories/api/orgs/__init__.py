"""Organizations, projects and their members, under mem0's `/api/v1/orgs/organizations/`."""
