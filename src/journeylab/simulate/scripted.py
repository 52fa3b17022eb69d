"""What chance does not make: the customer of the planted merge, and newsletters."""

from collections.abc import Sequence
from itertools import count
from typing import Any, Final

from journeylab.simulate.calendar import DAY_SECONDS, Calendar
from journeylab.simulate.chance import share_of
from journeylab.simulate.exports import names_its_device
from journeylab.simulate.people import Happening, anonymous_id, email_of

MERGE_NIGHT: Final = 1  # counted from 0: the second delivery
NEWSLETTER_EVERY_DAYS: Final = 14
NEWSLETTER_HOUR: Final = 8
SUBSCRIBED_SHARE: Final = 0.4  # of those whose address the shop has
OPENED_SHARE: Final = 0.35
FIRST_NEWSLETTER_STEP: Final = 100_000  # above every step of a walk, so that ids differ


def merging_customer(
    seed: int, calendar: Calendar, customer: int
) -> tuple[list[Happening], dict[str, Any]]:
    """A customer who is two until a login of the second delivery.

    ::

        day  100  phone,  logged in   home, product, cart
        day  104  laptop, from a mail  click, product, reviews, product
        night 2   laptop, logged in   account      <- joins the two

    Returns:
        The happenings, and the facts for the truth file.
    """
    phone, laptop = (anonymous_id(seed, customer, number) for number in (0, 1))
    user = f"u{customer:05d}"
    click = next(step for step in count(10) if names_its_device(seed, customer, step))
    told = [
        (0, 0, "web:home", phone, user),
        (1, 0, "web:product", phone, user),
        (2, 0, "web:cart", phone, user),
        (click, 1, "email:click", laptop, None),
        (click + 1, 1, "web:product", laptop, None),
        (click + 2, 1, "web:reviews", laptop, None),
        (click + 3, 1, "web:product", laptop, None),
        (click + 4, 2, "web:account", laptop, user),
    ]
    noon = calendar.midnight(MERGE_NIGHT) - DAY_SECONDS // 2
    starts = [noon - 20 * DAY_SECONDS, noon - 16 * DAY_SECONDS, noon]
    happened = [
        Happening(
            customer=customer, step=step, visit=visit, order=0, chat=0, touchpoint=touchpoint,
            at=starts[visit] + 40 * step, is_context=False, is_landing=step in (0, click + 4),
            device=device, device_class="mobile" if device == phone else "desktop", user_id=login,
        )
        for step, visit, touchpoint, device, login in told
    ]  # fmt: skip
    facts = {
        "customer": customer,
        "night": calendar.label(MERGE_NIGHT),
        "before": [
            {"user_id": [user], "anonymous_id": [phone]},
            {"email": [email_of(customer)], "anonymous_id": [laptop]},
        ],
    }
    return happened, facts


def newsletters(
    seed: int, calendar: Calendar, happened: Sequence[Happening]
) -> tuple[list[Happening], list[Happening]]:
    """Mails to everybody who bought or clicked before and agreed to them.

    Returns:
        Deliveries and opens of the mails; and apart those sent on the day of the second
        delivery, which exist only in the file that breaks off.
    """
    known: dict[int, Happening] = {}
    gone: dict[int, int] = {}
    for it in sorted(happened, key=lambda it: (it.at, it.customer, it.step)):
        if it.touchpoint in ("email:click", "purchase:completed"):
            known.setdefault(it.customer, it)
        if it.touchpoint == "email:unsubscribed":
            gone[it.customer] = it.at
    days = [*range(10, calendar.days, NEWSLETTER_EVERY_DAYS), calendar.days + MERGE_NIGHT - 1]
    sent: list[Happening] = []
    cut: list[Happening] = []
    for issue, day in enumerate(days):
        at = calendar.start + day * DAY_SECONDS + NEWSLETTER_HOUR * 3600
        step = FIRST_NEWSLETTER_STEP + issue
        for customer, first in sorted(known.items()):
            agreed = share_of(seed, "subscribed", customer) < SUBSCRIBED_SHARE
            if not agreed or first.at >= at or gone.get(customer, at) < at:
                continue
            mail = first._replace(
                step=step, touchpoint="email:delivered", at=at + customer % 60, is_context=True
            )
            if day >= calendar.days:
                cut.append(mail)
                continue
            sent.append(mail)
            drawn = share_of(seed, "opened", customer, issue)
            if drawn < OPENED_SHARE:
                opened = mail.at + 60 + int(drawn * 100_000)
                sent.append(mail._replace(touchpoint="email:open", at=opened))
    return sent, cut
