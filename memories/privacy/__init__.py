"""Plain Python: secrets and personal details found in what people say, and what is put in their place."""
