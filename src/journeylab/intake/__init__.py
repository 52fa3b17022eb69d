"""intake of journeylab."""
