"""From request to order, and giving up: campaigns, authorising, choosing a buyer, ordering."""
