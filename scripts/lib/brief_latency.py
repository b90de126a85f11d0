"""Measures how long the arrivals brief and what is read of one guest take, one request after the other.

    brief_latency.py BASE_URL DATABASE_LABEL < login.json

Prints rows of a Markdown table: database, request, entries, KiB of the answer, p50, p99 and longest in
milliseconds, and how many requests were sent. Standard library only.
"""

import datetime
import json
import sys

from latency import Client, measure, percentile


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    base_url, database = sys.argv[1:]
    client = Client(base_url)
    client.log_in(json.load(sys.stdin))
    today = datetime.date.today()
    hotels = [hotel["id"] for hotel in client.get("/v1/hotels")[0]["items"]]
    day = lambda offset: (today + datetime.timedelta(days=offset)).isoformat()
    arrivals = lambda offset, rest="": [f"/v1/hotels/{hotel}/arrivals?date={day(offset)}{rest}" for hotel in hotels]

    guests = [stay["guest"]["guest_id"]
              for stay in client.get(f"/v1/stays?hotel_id={hotels[0]}&arrival_from={day(0)}&limit=200")[0]["items"]
              if stay["guest"].get("guest_id")]
    month = f"from={day(-30)}&to={day(0)}"
    kinds = [
        ("arrivals brief, today", arrivals(0)),
        ("arrivals brief, today, housekeeping", arrivals(0, "&department=housekeeping")),
        ("arrivals brief, a year ago", arrivals(-365)),
        ("guest overview", [f"/v1/guests/{guest}/overview" for guest in guests]),
        ("guest statistics", [f"/v1/guests/{guest}/statistics" for guest in guests]),
        ("guest timeline", [f"/v1/guests/{guest}/timeline" for guest in guests]),
        ("stays of a day", [f"/v1/stays?hotel_id={hotel}&arrival_from={day(0)}&arrival_to={day(0)}" for hotel in hotels]),
        ("stays of a guest", [f"/v1/stays?guest_id={guest}" for guest in guests]),
        ("fulfilment of a month", [f"/v1/reports/fulfilment?{month}"]),
        ("needs of the group", ["/v1/reports/needs"]),
    ]
    for title, paths in kinds:
        answer, _ = client.get(paths[0])
        # A list answers its entries, the brief three sections of them.
        parts = [answer] + [part for part in answer.values() if isinstance(part, dict)]
        entries = sum(len(value) for part in parts for value in part.values() if isinstance(value, list))
        seconds, _ = measure(client, paths)
        p50, p99, longest = (value * 1000 for value in (percentile(seconds, 0.5), percentile(seconds, 0.99), seconds[-1]))
        size = len(json.dumps(answer, ensure_ascii=False).encode()) / 1024
        print(f"| {database} | {title} | {entries} | {size:.0f} | {p50:.1f} | {p99:.1f} | {longest:.1f} "
              f"| {len(seconds)} |", flush=True)


if __name__ == "__main__":
    main()
