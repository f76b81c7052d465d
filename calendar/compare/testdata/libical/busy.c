/*
 * busy answers what calendar.Read answers, by libical: its parser, its zones and its rules. What libical leaves to its
 * caller (overrides, merging, what is busy) is done here in the plainest way that is not slow.
 *
 * A request on stdin is a line "FROM TO LENGTH ZONE" (seconds since 1970, bytes, the owner's zone) and LENGTH bytes of a
 * feed. The answer is a line "busy START END" or "tentative START END" for each merged span inside the window, and a line
 * "done MICROSECONDS", the processor's time that it took, or a line "error TEXT".
 */
#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct span {
    time_t start, end;
};

struct spans {
    struct span *list;
    size_t count, room;
};

struct override {
    const char *uid;
    time_t instant;
    int day; /* yyyymmdd of a RECURRENCE-ID that is a date, else 0 */
};

struct overrides {
    struct override *list;
    size_t count, room;
};

/* A request: the window, the owner's zone, and what is found. */
struct request {
    time_t from, to;
    icaltimezone *owner;
    struct overrides overrides;
    struct spans busy, tentative;
};

/* An event in the making: what its instances share. */
struct shape {
    icalcomponent *event;
    const char *uid;
    struct icaltimetype start;
    int days;       /* of a DURATION, or of whole days: on the wall */
    time_t seconds; /* of a DURATION or up to a DTEND: on the clock */
    struct spans *into;
};

static void *grown(void *list, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return list;
    *room = *room ? 2 * *room : 64;
    list = realloc(list, *room * size);
    if (!list)
        exit(1);
    return list;
}

static void take(struct request *r, struct spans *s, time_t start, time_t end)
{
    if (start < r->from)
        start = r->from;
    if (end > r->to)
        end = r->to;
    if (start >= end)
        return;
    s->list = grown(s->list, s->count, &s->room, sizeof *s->list);
    s->list[s->count++] = (struct span){start, end};
}

/* utc converts a time; a date is the midnight of the owner, and a floating time stands on the owner's wall. */
static time_t utc(struct request *r, struct icaltimetype t)
{
    icaltimezone *zone = t.zone ? (icaltimezone *)t.zone : r->owner;
    t.is_date = 0;
    t.zone = zone;
    return icaltime_as_timet_with_zone(t, zone);
}

static int day_of(struct icaltimetype t)
{
    return t.year * 10000 + t.month * 100 + t.day;
}

static int by_uid(const void *a, const void *b)
{
    const struct override *x = a, *y = b;
    int order = strcmp(x->uid, y->uid);
    if (order)
        return order;
    return (x->instant > y->instant) - (x->instant < y->instant);
}

static int is_overridden(struct request *r, const char *uid, time_t instant, int day)
{
    size_t low = 0, high = r->overrides.count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (strcmp(r->overrides.list[middle].uid, uid) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < r->overrides.count && !strcmp(r->overrides.list[low].uid, uid); low++)
        if (r->overrides.list[low].day ? r->overrides.list[low].day == day : r->overrides.list[low].instant == instant)
            return 1;
    return 0;
}

/* instance takes one instance unless EXDATE or an override takes it away. */
static void instance(struct request *r, struct shape *s, struct icaltimetype t, int is_override)
{
    time_t start = utc(r, t), end;
    if (start >= r->to)
        return;
    if (s->days) {
        struct icaltimetype last = t;
        icaltime_adjust(&last, s->days, 0, 0, 0);
        end = utc(r, last) + s->seconds;
    } else {
        end = start + s->seconds;
    }
    if (end <= r->from)
        return;
    if (icalproperty_recurrence_is_excluded(s->event, &s->start, &t))
        return;
    if (!is_override && is_overridden(r, s->uid, start, day_of(t)))
        return;
    take(r, s->into, start, end);
}

static void expand_rule(struct request *r, struct shape *s, icalproperty *p)
{
    struct icalrecurrencetype rule = icalproperty_get_rrule(p);
    icalrecur_iterator *i = icalrecur_iterator_new(rule, s->start);
    if (!i)
        return;
    /* A day more than the window on either side, so that no zone matters and most instances need none. */
    time_t first = r->from - s->seconds - 86400 * (s->days + 1), limit = r->to + 86400;
    /* What libical has for the old age of a rule; not with COUNT, and it loses the weeks that INTERVAL counts. */
    int skips = !rule.count && !(rule.freq == ICAL_WEEKLY_RECURRENCE && rule.interval > 1);
    struct icaltimetype late = icaltime_from_timet_with_zone(first, 0, NULL);
    late.zone = s->start.zone;
    late.is_date = s->start.is_date;
    if (skips && icaltime_compare(late, s->start) > 0)
        icalrecur_iterator_set_start(i, late);
    for (struct icaltimetype t = icalrecur_iterator_next(i); !icaltime_is_null_time(t); t = icalrecur_iterator_next(i)) {
        time_t wall = icaltime_as_timet(t);
        if (wall > limit)
            break;
        if (wall < first)
            continue;
        t.zone = s->start.zone;
        if (icaltime_compare(t, s->start) != 0)
            instance(r, s, t, 0);
    }
    icalrecur_iterator_free(i);
}

static void expand_date(struct request *r, struct shape *s, icalproperty *p)
{
    struct icaldatetimeperiodtype d = icalproperty_get_rdate(p);
    if (!icaltime_is_null_time(d.time)) {
        struct icaltimetype t = icalproperty_get_datetime_with_component(p, s->event);
        if (icaltime_compare(t, s->start) != 0)
            instance(r, s, t, 0);
        return;
    }
    time_t start = utc(r, d.period.start);
    time_t end = icaltime_is_null_time(d.period.end) ? start + icaldurationtype_as_int(d.period.duration) : utc(r, d.period.end);
    take(r, s->into, start, end);
}

/* each expands all properties of a kind. They are collected first: a component has one place to remember where a walk over
 * its properties is, and libical's test of EXDATE walks too. */
static void each(struct request *r, struct shape *s, icalproperty_kind kind, void (*expand)(struct request *, struct shape *, icalproperty *))
{
    icalproperty *list[64];
    int n = 0;
    for (icalproperty *p = icalcomponent_get_first_property(s->event, kind); p && n < 64; p = icalcomponent_get_next_property(s->event, kind))
        list[n++] = p;
    for (int i = 0; i < n; i++)
        expand(r, s, list[i]);
}

/* measure finds how long the instances of an event are. */
static void measure(struct request *r, struct shape *s)
{
    icalproperty *end = icalcomponent_get_first_property(s->event, ICAL_DTEND_PROPERTY);
    icalproperty *duration = icalcomponent_get_first_property(s->event, ICAL_DURATION_PROPERTY);
    if (end) {
        struct icaltimetype t = icalproperty_get_datetime_with_component(end, s->event);
        if (s->start.is_date && t.is_date)
            s->days = icaldurationtype_as_int(icaltime_subtract(t, s->start)) / 86400;
        else
            s->seconds = utc(r, t) - utc(r, s->start);
    } else if (duration) {
        struct icaldurationtype d = icalproperty_get_duration(duration);
        s->days = d.weeks * 7 + d.days;
        s->seconds = (d.hours * 60 + d.minutes) * 60 + d.seconds;
    } else if (s->start.is_date) {
        s->days = 1;
    }
}

static void read_event(struct request *r, icalcomponent *event)
{
    icalproperty *start = icalcomponent_get_first_property(event, ICAL_DTSTART_PROPERTY);
    icalproperty *transp = icalcomponent_get_first_property(event, ICAL_TRANSP_PROPERTY);
    enum icalproperty_status status = icalcomponent_get_status(event);
    const char *uid = icalcomponent_get_uid(event);
    if (!start || status == ICAL_STATUS_CANCELLED)
        return;
    if (transp && icalproperty_get_transp(transp) == ICAL_TRANSP_TRANSPARENT)
        return;
    struct shape s = {.event = event, .uid = uid ? uid : "", .into = status == ICAL_STATUS_TENTATIVE ? &r->tentative : &r->busy};
    s.start = icalproperty_get_datetime_with_component(start, event);
    measure(r, &s);
    int is_override = icalcomponent_get_first_property(event, ICAL_RECURRENCEID_PROPERTY) != NULL;
    instance(r, &s, s.start, is_override);
    if (is_override)
        return;
    each(r, &s, ICAL_RRULE_PROPERTY, expand_rule);
    each(r, &s, ICAL_RDATE_PROPERTY, expand_date);
}

static void collect_override(struct request *r, icalcomponent *event)
{
    icalproperty *p = icalcomponent_get_first_property(event, ICAL_RECURRENCEID_PROPERTY);
    const char *uid = icalcomponent_get_uid(event);
    if (!p || !uid)
        return;
    struct icaltimetype t = icalproperty_get_datetime_with_component(p, event);
    struct overrides *o = &r->overrides;
    o->list = grown(o->list, o->count, &o->room, sizeof *o->list);
    o->list[o->count++] = (struct override){uid, utc(r, t), t.is_date ? day_of(t) : 0};
}

static int by_start(const void *a, const void *b)
{
    const struct span *x = a, *y = b;
    return (x->start > y->start) - (x->start < y->start);
}

static void print_merged(const char *name, struct spans *s)
{
    qsort(s->list, s->count, sizeof *s->list, by_start);
    for (size_t i = 0; i < s->count;) {
        struct span m = s->list[i++];
        for (; i < s->count && s->list[i].start <= m.end; i++)
            if (s->list[i].end > m.end)
                m.end = s->list[i].end;
        printf("%s %lld %lld\n", name, (long long)m.start, (long long)m.end);
    }
}

static void answer(struct request *r, const char *text)
{
    clock_t begun = clock();
    icalcomponent *calendar = icalcomponent_new_from_string(text);
    if (!calendar) {
        printf("error not a calendar\n");
        return;
    }
    for (icalcomponent *e = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT); e; e = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT))
        collect_override(r, e);
    qsort(r->overrides.list, r->overrides.count, sizeof *r->overrides.list, by_uid);
    for (icalcomponent *e = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT); e; e = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT))
        read_event(r, e);
    print_merged("busy", &r->busy);
    print_merged("tentative", &r->tentative);
    icalcomponent_free(calendar);
    printf("done %lld\n", (long long)(clock() - begun) * 1000000 / CLOCKS_PER_SEC);
}

int main(void)
{
    char line[256], zone[128];
    long long from, to;
    size_t length;
    while (fgets(line, sizeof line, stdin) && sscanf(line, "%lld %lld %zu %127s", &from, &to, &length, zone) == 4) {
        char *text = malloc(length + 1);
        if (!text || fread(text, 1, length, stdin) != length)
            return 1;
        text[length] = 0;
        struct request r = {.from = from, .to = to, .owner = icaltimezone_get_builtin_timezone(zone)};
        if (r.owner)
            answer(&r, text);
        else
            printf("error no zone %s\n", zone);
        fflush(stdout);
        free(r.overrides.list);
        free(r.busy.list);
        free(r.tentative.list);
        free(text);
    }
    return 0;
}
