"""How long exhibits are kept, and how they go: returned, destroyed, or the company's own."""
