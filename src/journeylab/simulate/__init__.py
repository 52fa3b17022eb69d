"""simulate of journeylab."""
