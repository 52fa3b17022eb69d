"""``journeylab simulate``: deliveries of a made-up shop, with its truth beside them."""

from datetime import date, datetime
from pathlib import Path

from cyclopts.types import PositiveInt

from journeylab.simulate import write_events, write_sample


def simulate(
    folder: Path = Path(),
    /,
    *,
    seed: int = 1,
    customers: PositiveInt = 800,
    first_day: datetime = datetime(2026, 2, 1),
    events: PositiveInt | None = None,
    scenario: str = "shop",
) -> None:
    """Write deliveries of a made-up shop whose truth is known.

    Args:
        folder: Gets landing/web, landing/email, landing/chat, landing/purchase; made when missing.
        seed: The same seed writes the same files.
        customers: Customers of the shop.
        first_day: First day of the shop.
        events: Write about so many events as Parquet instead, for measuring.
        scenario: With --events: shop, lossy_checkout, lost_search, late_support, or null, where
            nothing is wrong.
    """
    if events is not None:
        write_events(folder / "landing", seed=seed, events=events, scenario=scenario)
    else:
        day = date(first_day.year, first_day.month, first_day.day)
        write_sample(folder, seed=seed, customers=customers, first_day=day)
        print(f"what was planted stands in {folder / 'truth.json'}")
    print(f"wrote {folder / 'landing'}; the same seed ({seed}) writes the same rows")
