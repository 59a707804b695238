"""Setting the programme up: an empty database made ready, and what an administrator keeps."""
