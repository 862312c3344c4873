"""What commands do once Django is ready; loaded by name."""
