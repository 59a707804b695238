"""What only shows and changes nothing: the board and the search."""
