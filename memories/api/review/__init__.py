"""Review over the API: what waits, decisions, the policy, and what is never remembered again."""
