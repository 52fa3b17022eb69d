"""lab of journeylab."""
