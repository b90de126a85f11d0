"""Takes the words of complaints in through an import job, twice, reads each back, and compares the bytes.

    complaint_words.py BASE_URL DATABASE_LABEL TIMES FILE... < login.json

Standard input is {"email": ..., "password": ...}. Prints rows of a Markdown table: database, file, run, rows,
new, unchanged, rejected, seconds of upload and job, rows a second, complaints read back, bytes of their words,
and how many differ. Ends with status 1 when one does, or a count is not what it should be. Standard library only.
"""

import csv
import gzip
import io
import json
import sys
import time
import urllib.parse

from latency import Client

COLUMNS = ["description", "review", "Negative_Review", "text"]
IDENTITIES = ["external_id", "src_row", "rid"]
# A token is good for ten minutes.
LOG_IN_EVERY = 300.0


def rows(path):
    """The rows of a file, each a mapping of text."""
    opened = gzip.open(path, "rb") if path.endswith(".gz") else open(path, "rb")
    with io.TextIOWrapper(opened, encoding="utf-8", newline="") as text:
        name = path.removesuffix(".gz")
        if name.endswith((".jsonl", ".ndjson")):
            for line in text:
                if line.strip():
                    yield json.loads(line)
        else:
            csv.field_size_limit(1 << 30)
            yield from csv.DictReader(text)


def words(path, times):
    """Identity and words of each complaint of a file."""
    found = []
    for number, row in enumerate(rows(path), 1):
        said = next((row[column] for column in COLUMNS if column in row), None)
        if said is None:
            sys.exit(f"error: {path}: none of {', '.join(COLUMNS)}")
        if not said.strip() or said.strip() == "No Negative" or row.get("label", "0") != "0":
            continue
        identity = next((str(row[column]) for column in IDENTITIES if row.get(column)), str(number))
        found.extend((f"{identity}-{time}", said) for time in range(times))
    return found


class Session:
    """A client that logs in again before its token ends."""

    def __init__(self, base_url, credentials):
        self.client, self.credentials, self.since = Client(base_url), credentials, None

    def get(self, path):
        return self.fresh().get(path)[0]

    def fresh(self):
        if self.since is None or time.monotonic() - self.since > LOG_IN_EVERY:
            self.client.log_in(self.credentials)
            self.since = time.monotonic()
        return self.client

    def upload(self, path, key, body):
        client = self.fresh()
        headers = {**client.headers, "content-type": "application/x-ndjson", "idempotency-key": key}
        client.connection.request("POST", path, body=body, headers=headers)
        response = client.connection.getresponse()
        answer = response.read()
        if response.status != 202:
            sys.exit(f"error: POST {path}: {response.status} {answer[:400]!r}")
        return json.loads(answer)


def take_in(session, system, complaints, key):
    """Imports the complaints and returns the finished job and the seconds it took."""
    lines = (json.dumps({"hotel_code": "h1", "channel": "ota_review", "description": said,
                         "external_refs": [{"system": system, "id": identity}]}, ensure_ascii=False)
             for identity, said in complaints)
    body = "".join(line + "\n" for line in lines).encode()
    session.fresh()
    started = time.perf_counter()
    job = session.upload("/v1/complaint-imports", key, body)
    while job["status"] in ("queued", "running"):
        time.sleep(0.05)
        job = session.get(f"/v1/jobs/{job['id']}")
    if job["status"] != "succeeded":
        sys.exit(f"error: the job {job['status']}: {job.get('failure')}")
    return job["progress"], time.perf_counter() - started


def read_back(session, system, complaints):
    """How many words were read, their bytes, and how many differ from what was sent."""
    size = different = 0
    for identity, said in complaints:
        found = session.get(f"/v1/complaints/by-ref/{system}/{urllib.parse.quote(identity, safe='')}")
        stored = found["description"].encode()
        size += len(stored)
        different += stored != said.encode()
    return len(complaints), size, different


def main():
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    base_url, database, times, *paths = sys.argv[1:]
    session = Session(base_url, json.load(sys.stdin))
    failed = False
    for place, path in enumerate(paths):
        complaints = words(path, int(times))
        system, name = f"words-{place}", path.rsplit("/", 1)[-1]
        for run in ("first", "second"):
            told, seconds = take_in(session, system, complaints, f"bench-complaints-{place}-{run}")
            # Once, after the second run, which must not have changed anything either.
            read, size, different = read_back(session, system, complaints if run == "second" else [])
            print(f"| {database} | {name} | {run} | {told['rows']} | {told['created']} | {told['unchanged']} "
                  f"| {told['rejected']} | {seconds:.2f} | {told['rows'] / seconds:.0f} | {read} | {size} "
                  f"| {different} |", flush=True)
            wanted = len(complaints)
            kept = told["created"] if run == "first" else told["unchanged"]
            failed |= different > 0 or kept != wanted
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
