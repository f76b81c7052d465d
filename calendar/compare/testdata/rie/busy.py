"""busy answers what calendar.Read answers, by python3-recurring-ical-events.

A request on stdin is a line "FROM TO LENGTH ZONE" (seconds since 1970, bytes, the owner's zone) and LENGTH bytes of a feed.
The answer is a line "busy START END" or "tentative START END" for each instance that may lie in the window, and a line
"done", or a line "error TEXT". The caller clips and merges.
"""

import datetime
import sys

import icalendar
import pytz
import recurring_ical_events

# The library looks for instances with the offset that DTSTART has: the window is opened wider, and the caller clips.
MARGIN = 3 * 86400


def instant(value, owner):
    """Return the second of a date or a time; dates and floating times stand on the owner's wall."""
    if not isinstance(value, datetime.datetime):
        value = datetime.datetime(value.year, value.month, value.day)
    if value.tzinfo is None:
        value = owner.localize(value)
    return int(value.timestamp())


def answer(text, start, end, owner):
    calendar = icalendar.Calendar.from_ical(text)
    window = [datetime.datetime.fromtimestamp(t, pytz.UTC) for t in (start - MARGIN, end + MARGIN)]
    lines = []
    for event in recurring_ical_events.of(calendar).between(*window):
        status = str(event.get("STATUS", "CONFIRMED"))
        if status == "CANCELLED" or str(event.get("TRANSP", "OPAQUE")) == "TRANSPARENT":
            continue
        kind = "tentative" if status == "TENTATIVE" else "busy"
        lines.append(f"{kind} {instant(event['DTSTART'].dt, owner)} {instant(event['DTEND'].dt, owner)}")
    return lines + ["done"]


def main():
    while header := sys.stdin.buffer.readline():
        start, end, length, zone = header.split()
        text = sys.stdin.buffer.read(int(length))
        try:
            lines = answer(text, int(start), int(end), pytz.timezone(zone.decode()))
        except Exception as problem:  # whatever it cannot read, in its own words
            lines = [f"error {type(problem).__name__}: {problem}".replace("\n", " ")]
        print("\n".join(lines), flush=True)


main()
