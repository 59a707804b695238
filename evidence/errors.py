"""What goes wrong where a dossier or a bundle is made, known without loading what makes them."""


class PackageError(Exception):
    """A dossier or bundle can't be made, and nothing was left; the message says what to do."""
