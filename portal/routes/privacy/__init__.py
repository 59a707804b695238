"""Opening a hidden identity, and erasing what people typed."""
