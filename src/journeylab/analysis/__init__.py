"""analysis of journeylab."""
