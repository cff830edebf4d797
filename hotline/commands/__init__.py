"""The words of the `hotline` command, one module a subject."""
