"""Photos that are kept: covered in part, and compared with what they look like."""
