"""Measures how long single requests take, one after the other on one kept-alive connection.

    latency.py BASE_URL SIZE_LABEL DATABASE_LABEL < login.json

Standard input is {"email": ..., "password": ...}. Prints rows of a Markdown table, one a request kind:
database, size, request, results on the first page, p50, p99 and longest in milliseconds, and how many
requests were sent. The guests asked for are taken from the server's own lists. Standard library only.
"""

import http.client
import json
import sys
import time
import urllib.parse

WARM_UP = 20
REQUESTS = 400
# No kind of request is measured for longer than this, however slow it is.
SECONDS_A_KIND = 20.0


class Client:
    """One kept-alive connection that carries an access token once it has logged in."""

    def __init__(self, base_url):
        parts = urllib.parse.urlsplit(base_url)
        self.connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
        self.headers = {"accept": "application/json"}

    def send(self, method, path, body=None):
        headers = dict(self.headers)
        data = None
        if body is not None:
            data = json.dumps(body)
            headers["content-type"] = "application/json"
        started = time.perf_counter()
        self.connection.request(method, path, body=data, headers=headers)
        response = self.connection.getresponse()
        answer = response.read()
        seconds = time.perf_counter() - started
        return response, answer, seconds

    def get(self, path):
        """Sends a GET, waits once where the server says it is asked too often, and wants a 200."""
        response, answer, seconds = self.send("GET", path)
        if response.status == 429:
            time.sleep(float(response.headers.get("retry-after", "1")))
            response, answer, seconds = self.send("GET", path)
        if response.status != 200:
            sys.exit(f"error: GET {path}: {response.status} {answer[:400]!r}")
        return json.loads(answer), seconds

    def log_in(self, credentials):
        response, answer, _ = self.send("POST", "/v1/auth/login", credentials)
        if response.status not in (200, 201):
            sys.exit(f"error: login: {response.status} {answer[:400]!r}")
        self.headers["authorization"] = "Bearer " + json.loads(answer)["access_token"]


def list_path(**query):
    return "/v1/guests?" + urllib.parse.urlencode(query)


def percentile(sorted_values, fraction):
    """The smallest value that at least this fraction of the values does not exceed."""
    rank = max(0, -(-int(len(sorted_values) * fraction * 1000) // 1000) - 1)
    return sorted_values[rank]


def first_text(guest, collection, member):
    """The first text under guest[collection][n][member], or None."""
    for entry in guest.get(collection) or []:
        if isinstance(entry, dict) and isinstance(entry.get(member), str):
            return entry[member]
    return None


def measure(client, paths):
    """Seconds of each measured request, and how many items the last answer had (None: not a list)."""
    for index in range(WARM_UP):
        client.get(paths[index % len(paths)])
    seconds, items = [], None
    deadline = time.perf_counter() + SECONDS_A_KIND
    for index in range(REQUESTS):
        answer, taken = client.get(paths[index % len(paths)])
        seconds.append(taken)
        found = answer.get("items")
        items = len(found) if isinstance(found, list) else None
        if time.perf_counter() > deadline:
            break
    return sorted(seconds), items


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    base_url, size, database = sys.argv[1:]
    client = Client(base_url)
    client.log_in(json.load(sys.stdin))

    page, _ = client.get(list_path(limit=200))
    ids = [guest["id"] for guest in page["items"]]
    if not ids:
        sys.exit("error: the server has no guests")
    kinds = [("GET /v1/guests/{id}", [f"/v1/guests/{guest_id}" for guest_id in ids])]
    kinds.append(("list, first page of 50", [list_path(limit=50)]))
    for query in ("王", "王小", "wxm", "wang xiao"):
        kinds.append((f"q={query}", [list_path(q=query)]))

    guests = [client.get(f"/v1/guests/{guest_id}")[0] for guest_id in ids[:100]]
    phones = [number[-4:] for guest in guests if (number := first_text(guest, "phones", "number"))]
    emails = [address[:6] for guest in guests if (address := first_text(guest, "emails", "address"))]
    if phones:
        kinds.append(("q=last 4 digits of a phone", [list_path(q=digits) for digits in phones]))
    if emails:
        kinds.append(("q=first 6 characters of an e-mail", [list_path(q=prefix) for prefix in emails]))

    for title, paths in kinds:
        seconds, items = measure(client, paths)
        p50, p99, longest = (value * 1000 for value in (percentile(seconds, 0.5), percentile(seconds, 0.99), seconds[-1]))
        found = "" if items is None else str(items)
        print(f"| {database} | {size} | {title} | {found} | {p50:.2f} | {p99:.2f} | {longest:.2f} | {len(seconds)} |", flush=True)
    if not phones or not emails:
        print("note: the sampled guests have no phone or no e-mail; those searches were left out", file=sys.stderr)


if __name__ == "__main__":
    main()
