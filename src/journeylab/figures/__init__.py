"""figures of journeylab."""
