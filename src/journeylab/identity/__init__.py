"""identity of journeylab."""
