"""The dashboard: draws any content of ``journeylab.views`` in a browser. Counts nothing itself."""
