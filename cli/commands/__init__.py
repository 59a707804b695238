"""What an operator types, a module a family of commands."""
