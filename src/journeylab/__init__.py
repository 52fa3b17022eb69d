"""journeylab reconstructs the journeys customers really take."""
