"""Reading conversations: what is worth remembering in them. Plain Python, no Django."""
