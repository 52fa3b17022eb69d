"""The nightly report: one HTML file that fetches nothing, and its mail. Counts nothing itself."""

from journeylab.report.delivery import deliver_report
from journeylab.report.writing import WrittenReport, write_report

__all__ = ["WrittenReport", "deliver_report", "write_report"]
