"""What is not told: who bought, what people typed in of them; releasing, opening and erasing it."""
