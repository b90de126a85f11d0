"""Fills a database with copies of its own rows, so that reading can be measured at a size no demo has.

    fill.py seed-stays                        prints twenty stays to import
    fill.py sqlite sqlite://PATH GUESTS STAYS
    fill.py postgres postgres://URL GUESTS STAYS

The database has one group, some hotels, some guests and the seed stays. Guests are copied until there are
GUESTS of them, stays until there are STAYS, spread over the hotels and over the days around today, at most
500 arrivals a day and hotel. Half of the guests get two preferences, one in ten a note. Standard library
only; psql for PostgreSQL.
"""

import datetime
import json
import sqlite3
import subprocess
import sys

ARRIVALS_A_DAY = 500
# Codes of the shipped catalogue, with the category each is in.
WISHES = [
    ("room", "high_floor"), ("room", "quiet_room"), ("bedding", "king_size_bed"), ("bedding", "twin_beds"),
    ("room", "away_from_elevator"),
]


def seed_stays():
    today = datetime.date.today()
    for number in range(20):
        arrival = today + datetime.timedelta(days=number)
        print(json.dumps({
            "external_refs": [{"system": "bench", "id": f"S{number}"}], "hotel_code": "h1",
            "guest": {"name": f"Guest {number}"}, "arrival_on": arrival.isoformat(), "nights": 2, "adults": 2,
            "room_type": ["STD", "DLX", "STE"][number % 3], "channel": ["direct", "ota", "corporate"][number % 3],
            "segment": "leisure", "currency": "CNY",
            "revenue": {"room": 58000 + 100 * number, "food_beverage": 9800, "other": 0},
            "special_requests": "高楼层，安静的房间", "lead_time_days": number,
        }, ensure_ascii=False))


# How many days back the first copied stay arrives; the rest follow.
def first_day(stays, hotels):
    days = max(1, stays // (ARRIVALS_A_DAY * hotels))
    return -(days * 9 // 10)


COMMON = {
    # One statement a table. {n} is the number of a copy, from 0; {seed} picks the row that is copied.
    "guests": """INSERT INTO guests (group_id, id, version, status, display_name, sort_key, vip_level, nationality,
        restricted, profile, search_terms, created_at, created_by, updated_at, updated_by)
        SELECT g.group_id, {guest_id}, 1, 'active', g.display_name, g.sort_key, g.vip_level, g.nationality,
        g.restricted, g.profile, g.search_terms, g.created_at, g.created_by, g.updated_at, g.updated_by
        FROM {numbers} JOIN seed_guests g ON g.k = n % {seeds}""",
    "stays": """INSERT INTO stays (group_id, id, hotel_id, status, guest_id, origin_guest_id, guest_name, arrival_on,
        departure_on, nights, rooms, lead_days, room, room_type, channel, segment, currency, revenue_room,
        revenue_food_beverage, revenue_other, record, version, created_at, created_by, updated_at, updated_by)
        SELECT s.group_id, {stay_id}, h.id,
        CASE WHEN {arrival_day} > 0 THEN 'reserved' WHEN {arrival_day} = 0 THEN 'due_in'
             WHEN {arrival_day} + 1 + n % 4 > 0 THEN 'in_house' WHEN n % 20 = 0 THEN 'cancelled'
             ELSE 'checked_out' END,
        {guest_of_stay}, {guest_of_stay}, NULL, {arrival}, {departure}, 1 + n % 4, 1, s.lead_days, s.room, s.room_type,
        s.channel, s.segment, s.currency, s.revenue_room, s.revenue_food_beverage, s.revenue_other, s.record, 1,
        s.created_at, s.created_by, s.updated_at, s.updated_by
        FROM {numbers} JOIN seed_stays s ON s.k = n % 20 JOIN seed_hotels h ON h.k = n % {hotels}""",
    "preferences": """INSERT INTO guest_preferences (group_id, id, guest_id, origin_guest_id, category, code, polarity,
        sensitive, status, details, version, created_at, created_by, updated_at, updated_by)
        SELECT s.group_id, {preference_id}, {guest_of_wish}, {guest_of_wish}, {category}, {code}, 'like', {no},
        'active', {details}, 1, s.created_at, s.created_by, s.updated_at, s.updated_by
        FROM {numbers} JOIN seed_stays s ON s.k = 0""",
    "notes": """INSERT INTO guest_notes (group_id, id, guest_id, origin_guest_id, class, text, confidential, status,
        version, created_at, created_by, updated_at, updated_by)
        SELECT s.group_id, {note_id}, {guest_of_note}, {guest_of_note}, 'housekeeping', '荞麦枕两个', {no}, 'active',
        1, s.created_at, s.created_by, s.updated_at, s.updated_by
        FROM {numbers} JOIN seed_stays s ON s.k = 0""",
}


def values(guests, stays, hotels, seeds, made_id, day, no):
    """What the statements are filled in with: made_id(kind, number) is an id, day(number) a date from today."""
    arrival_day = f"({first_day(stays, hotels)} + n / {ARRIVALS_A_DAY * hotels})"
    return {
        "seeds": seeds, "hotels": hotels, "no": no,
        "guest_id": made_id(1, "n"), "stay_id": made_id(2, "n"), "preference_id": made_id(3, "n"),
        "note_id": made_id(4, "n"),
        # A large stride, so that a guest's stays lie far apart.
        "guest_of_stay": made_id(1, f"(n * 7919 % {guests})"),
        "guest_of_wish": made_id(1, "(n / 2 * 2)"), "guest_of_note": made_id(1, "(n * 10)"),
        "arrival_day": arrival_day, "arrival": day(arrival_day), "departure": day(f"({arrival_day} + 1 + n % 4)"),
        "category": "CASE n % 5 " + " ".join(f"WHEN {k} THEN '{c}'" for k, (c, _) in enumerate(WISHES)) + " END",
        "code": "CASE n % 5 " + " ".join(f"WHEN {k} THEN '{c}'" for k, (_, c) in enumerate(WISHES)) + " END",
        "details": "'" + json.dumps({"source": "stated", "importance": 4}) + "'",
    }


def steps(guests, stays):
    return [("guests", guests), ("stays", stays), ("preferences", guests), ("notes", guests // 10)]


def sqlite(url, guests, stays):
    database = sqlite3.connect(url.removeprefix("sqlite://"), isolation_level=None)
    database.create_function("made_id", 2, lambda kind, n: bytes.fromhex(f"0190{kind:04x}00007000800000{n:010x}"),
                             deterministic=True)
    database.executescript("""PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000;
        CREATE TEMP TABLE seed_guests AS SELECT row_number() OVER (ORDER BY id) - 1 AS k, * FROM guests;
        CREATE TEMP TABLE seed_stays AS SELECT row_number() OVER (ORDER BY id) - 1 AS k, * FROM stays;
        CREATE TEMP TABLE seed_hotels AS SELECT row_number() OVER (ORDER BY id) - 1 AS k, id FROM hotels;
        CREATE INDEX temp.seed_guests_ix ON seed_guests (k);""")
    [(seeds,)], [(hotels,)] = (database.execute(f"SELECT count(*) FROM seed_{what}").fetchall()
                               for what in ("guests", "hotels"))
    today = datetime.date.today().isoformat()
    parts = values(guests, stays, hotels, seeds, lambda kind, n: f"made_id({kind}, {n})",
                   lambda days: f"date('{today}', {days} || ' days')", "0")
    database.execute("BEGIN")
    for what, count in steps(guests, stays):
        numbers = f"(WITH RECURSIVE c(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c WHERE n + 1 < {count}) SELECT n FROM c)"
        print(f"{what}: {count}", flush=True)
        database.execute(COMMON[what].format(numbers=numbers, **parts))
    database.execute("COMMIT")


def postgres(url, guests, stays):
    def run(text):
        return subprocess.run(["psql", "-qAtX", "-v", "ON_ERROR_STOP=1", url], input=text, text=True, check=True,
                              stdout=subprocess.PIPE).stdout

    seeds, hotels = (int(run(f"SELECT count(*) FROM {what}")) for what in ("guests", "hotels"))
    parts = values(
        guests, stays, hotels, seeds,
        lambda kind, n: f"('0190{kind:04x}00007000800000' || lpad(to_hex(({n})::bigint), 10, '0'))::uuid",
        lambda days: f"(CURRENT_DATE + ({days})::int)", "false")
    parts["details"] += "::jsonb"
    text = """SET TIME ZONE 'UTC';
        CREATE TEMP TABLE seed_guests AS SELECT row_number() OVER (ORDER BY id) - 1 AS k, * FROM guests;
        CREATE TEMP TABLE seed_stays AS SELECT row_number() OVER (ORDER BY id) - 1 AS k, * FROM stays;
        CREATE TEMP TABLE seed_hotels AS SELECT row_number() OVER (ORDER BY id) - 1 AS k, id FROM hotels;
        CREATE INDEX ON seed_guests (k); ANALYZE seed_guests; ANALYZE seed_stays; ANALYZE seed_hotels;\n"""
    for what, count in steps(guests, stays):
        numbers = f"generate_series(0::bigint, {count - 1}) AS c(n)"
        text += f"\\echo {what}: {count}\n" + COMMON[what].format(numbers=numbers, **parts) + ";\n"
    # The server would do this by itself, some minutes later.
    run(text + "ANALYZE;")


def main():
    match sys.argv[1:]:
        case ["seed-stays"]:
            seed_stays()
        case ["sqlite", url, guests, stays]:
            sqlite(url, int(guests), int(stays))
        case ["postgres", url, guests, stays]:
            postgres(url, int(guests), int(stays))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
